"""Why an event was not recorded. The names are stored, served and counted."""

from __future__ import annotations

MAX_REASON_LENGTH = 50

DUPLICATE = "duplicate"
"""A share with this id is there already."""

UNKNOWN_APP = "unknown_app"
"""No app has this key: it was deleted meanwhile, or never there."""

UNKNOWN_TENANT = "unknown_tenant"
"""It was accepted for a tenant or a database that is gone, or says of no tenant on a site of
tenants: there is no place where it may be written."""

BEFORE_RETENTION = "before_retention"
"""It is older than the shares that are kept, and may be one of those that were pruned."""

REFUSED_BY_DATABASE = "refused_by_database"
"""The database can't store this one event, which is set aside."""

UNREADABLE = "unreadable"
"""What came out of a queue is no event that this version knows; it is set aside. What a journal
can't read stays on the disk, in a file of its own, and is not counted."""

SET_ASIDE_FULL = "set_aside_full"
"""It was to be set aside, and the table for that is full: what is in it stays, this one is gone.
It is counted under the reason for which it was set aside, too."""

UNAVAILABLE = "unavailable"
"""No dispatcher could take the event."""

INVALID = "invalid"
"""What was passed to ``track_share()`` can't be a share."""

LOST_AT_EXIT = "lost_at_exit"
"""The process had to stop before the database took the event."""

OWN = "own"
"""A step on a share's link by the sharer, on the same day: shown beside the others' steps."""

BOT = "bot"
"""It came from a robot. A network's own fetcher that asks for a share's link is none here."""

CROSS_SITE = "cross_site"
"""A page of another site sent it by its visitor's browser."""

LIMITED = "limited"
"""Its client did more than the setting ``LIMITS`` has room for: it was asked to come back later."""

UNKNOWN_SHARE = "unknown_share"
"""A step on the link of a share that did not come: pruned, deleted, made up, or never sent."""

OTHER_APP = "other_app"
"""A share by somebody who came by the link of another app's share, or a step that names another
app than its share does. The share counts, as one without a link before it."""

LOSSES = (LOST_AT_EXIT, SET_ASIDE_FULL)
"""Those that stand for a share which somebody made and which is gone."""

FOUND_IN_WRITING = frozenset(
    {
        DUPLICATE,
        UNKNOWN_APP,
        BEFORE_RETENTION,
        REFUSED_BY_DATABASE,
        OWN,
        UNKNOWN_SHARE,
        OTHER_APP,
    }
)
"""Those that say something of what is stored: which apps there are, and which shares."""
