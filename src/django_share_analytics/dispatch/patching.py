"""Whether Python's threads were replaced too late, as by gevent when the site is preloaded."""

from __future__ import annotations

import threading

_made_at_import = threading.Lock()  # handler imports this, so: when the site is loaded


def why_late() -> str:
    """What locks and connections suffer from in this process; empty where they don't.

    gevent and eventlet put their own locks in the place of Python's. One that was made before, by
    Django or by us, holds up the whole process instead of one request.
    """
    if type(threading.Lock()) is type(_made_at_import):
        return ""
    return (
        "Python's threads were replaced, as by gevent, after the site was loaded: requests may "
        "fail or hang. Load it afterwards: gunicorn without --preload."
    )
