"""What a project can listen to.

All are sent after the commit, by the process that wrote or dropped the shares: connect receivers
where each process comes by, in ``AppConfig.ready()``. A receiver that raises harms nobody; it is
not called again for the same thing.
"""

from __future__ import annotations

from django.dispatch import Signal

shares_recorded = Signal()
"""Shares are stored and counted. Sent with ``events``: a list of ShareEvent.

Once for each share, unless the process dies between the commit and the receivers."""

shares_dropped = Signal()
"""Accepted events will not be stored. Sent with ``events`` and ``reason`` (see ``outcomes``)."""

share_milestone = Signal()
"""An app has its 100th share, its 1,000th, its 10,000th and so on.

Sent with ``app_id``, its key; ``milestone``, which of these numbers; ``total``, all shares of the
app as they were counted then, ``milestone`` at least; ``using``, the alias of the database, and
``tenant``, a name or empty.

Once for an app and a milestone, however many write at once and whatever is delivered twice, also
when shares are discarded and others take their place; and not at all if the process dies between
the commit and the receivers. Only shares that come in reach a milestone while somebody listens:
none that were there before, none of ``import_shares``, and no correction of a count.
"""
