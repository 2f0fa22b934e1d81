"""What is seen on a share's link, as an event with the id that makes it count once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django_share_analytics import steps
from django_share_analytics.events import LinkEvent, new_id
from django_share_analytics.links.codes import has_code, share_id_of
from django_share_analytics.links.ids import step_id
from django_share_analytics.links.visitors import visitor_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def seen(
    request: HttpRequest,
    share_id: UUID,
    kind: str,
    app_id: Any,
    *,
    detail: str = "",
    client_id: UUID | None = None,
) -> LinkEvent:
    """The event for what this request is on the link of a share.

    ``kind`` is one of :mod:`.steps`, ``detail`` the network of a preview or of an in-app browser,
    or the goal of a conversion. Of a visitor who is known it counts once a day. Of one who is not,
    once for each ``client_id``, which is the client's own; without one, each time. A preview counts
    once for each network, whoever's machine fetched it.
    """
    if kind == steps.PREVIEW:
        id = step_id(share_id, kind, detail)
        return LinkEvent(share_id, kind, app_id, id=id, detail=detail)
    visitor = visitor_of(request)
    what = (detail,) if kind == steps.CONVERSION else ()
    return LinkEvent(
        share_id,
        kind,
        app_id,
        id=_id_of(share_id, kind, *what, visitor=visitor, client_id=client_id),
        detail=detail,
        visitor=visitor,
        click_id=_click_of(share_id, kind, visitor),
    )


def converted(
    share_id: UUID, goal: str, who: tuple[str, Any], *, app_id: Any, visitor: int | None
) -> LinkEvent:
    """A conversion by somebody who is known better than a visitor of the day: it counts once.

    ``who`` is a word for what tells them apart, and that: ``("user", 5)``.
    """
    id = step_id(share_id, steps.CONVERSION, goal, *who)
    return LinkEvent(share_id, steps.CONVERSION, app_id, id=id, detail=goal, visitor=visitor)


def share_named(value: object) -> UUID | None:
    """The share that somebody names by its code or its id; ``None`` where that is neither.

    Whether there is one is not looked up.
    """
    if isinstance(value, str):
        value = share_id_of(value) or _uuid(value)
    return value if isinstance(value, UUID) and has_code(value) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _id_of(
    share_id: UUID, kind: str, *what: str, visitor: int | None, client_id: UUID | None
) -> UUID:
    if visitor is not None:
        return step_id(share_id, kind, *what, visitor)
    # Not the client's id as it is: it may be that of somebody else's step, or one that MariaDB
    # doesn't take.
    return step_id(share_id, kind, *what, "client", client_id) if client_id else new_id()


def _click_of(share_id: UUID, kind: str, visitor: int | None) -> UUID | None:
    """The id that the click has by which a visit came, if it was seen."""
    if kind != steps.VISIT or visitor is None:
        return None
    return step_id(share_id, steps.CLICK, visitor)
