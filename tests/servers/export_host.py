"""``wsgi`` and ``asgi`` whose exports have pages of ten shares, each noted in ``TEST_PAGES``.

``TEST_FAILS_AT`` is the page at which the database is away.
"""

import os
from pathlib import Path

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from django.db.backends.signals import connection_created

wsgi = get_wsgi_application()
asgi = get_asgi_application()

from django_share_analytics.files import exporting  # noqa: E402 - after the applications are set up

exporting.PAGE_SIZE = 10
PAGES = Path(os.environ["TEST_PAGES"])
FAILS_AT = int(os.environ.get("TEST_FAILS_AT", "0"))


def note(execute, sql, params, many, context):
    if "share_analytics_share" in sql and "user_agent" in sql:
        with PAGES.open("a") as pages:
            pages.write("\n")
        if FAILS_AT and PAGES.read_text().count("\n") >= FAILS_AT:
            raise OperationalError("away")
    return execute(sql, params, many, context)


def watch(connection, **kwargs):
    connection.execute_wrappers.append(note)


connection_created.connect(watch)
