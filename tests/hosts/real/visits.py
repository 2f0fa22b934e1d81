"""What is asked of a project, and what must come back: a table of visits.

The module ``visits`` of a project has

- ``VISITS``: stories by name; each a list of visits, made one after the other by the same browser;
- ``prepare()``: makes what the stories are about, and returns the values by the names that visits
  have in braces. A project whose model needs a name only leaves it out: it gets ``{app}``, the key.

    VISITS = {
        "a share counts": [
            Visit("POST /api/shares", {"appId": "{app}", "platform": "x"}, status=202),
            Visit("GET /api/apps/{app}/share-count", json={"totalShares": 1}),
        ],
        "staff see the statistics": [
            Visit("GET /api/admin/shares/stats", status=403),
            Visit("GET /api/admin/shares/stats", by="admin", json={"totalShares": 0}),
        ],
    }
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse
    from django.test import Client


@dataclass(frozen=True)
class Visit:
    """One request, and what must come back."""

    asked: str
    """The method and the address: ``GET /things/{app}/``."""
    sends: Any = None
    """What is sent as JSON; text is sent as a form. Values in braces are filled in."""
    by: str | None = None
    """Who logs in before: ``admin`` may do everything, anybody else nothing; ``editor`` is staff.
    ``""`` logs out."""
    status: int = 200
    has: tuple[str, ...] = ()
    """Texts of the answer."""
    lacks: tuple[str, ...] = ()
    json: Any = None
    """What must be in the answer's JSON: keys that are not named may have any value."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What must be in the answer's headers, whole."""
    follow: bool = False
    """Whether redirects are followed."""
    request_headers: Mapping[str, str] = field(default_factory=dict)


def user_of(name: str) -> Any:
    """The user of this name, made when there is none, whatever a project's users are."""
    model: Any = get_user_model()
    given = {model.USERNAME_FIELD: name, "email": f"{name}@example.org"}
    if model.USERNAME_FIELD == "email":
        given = {"email": f"{name}@example.org"}
    found = model._default_manager.filter(**given).first()
    if found:
        return found
    if name == "admin":
        return model.objects.create_superuser(**given, password="secret")
    return model.objects.create_user(**given, password="secret", is_staff=name == "editor")


def fill_in(value: Any, names: Mapping[str, Any]) -> Any:
    """The value with what is in braces in its texts replaced; a lone ``{name}`` keeps its type."""
    if isinstance(value, dict):
        return {fill_in(key, names): fill_in(one, names) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [fill_in(one, names) for one in value]
    if not isinstance(value, str):
        return value
    for name, replacement in names.items():
        if value == f"{{{name}}}":
            return replacement if isinstance(replacement, int | dict | list) else str(replacement)
        value = value.replace(f"{{{name}}}", str(replacement))
    return value


def is_within(wanted: Any, given: Any) -> bool:
    """Whether all that is wanted is in what is given; lists as a whole."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return all(key in given and is_within(one, given[key]) for key, one in wanted.items())
    if isinstance(wanted, list) and isinstance(given, list):
        return len(wanted) == len(given) and all(map(is_within, wanted, given))
    return bool(wanted == given)


def make_visit(client: Client, visit: Visit, names: Mapping[str, Any]) -> HttpResponse:
    """Ask, and compare."""
    if visit.by:
        client.force_login(user_of(visit.by), "django.contrib.auth.backends.ModelBackend")
    elif visit.by is not None:
        client.logout()
    method, address = fill_in(visit.asked, names).split(" ", 1)
    sends: dict[str, Any] = {}
    if isinstance(visit.sends, str):
        form = "application/x-www-form-urlencoded"
        sends = {"data": fill_in(visit.sends, names), "content_type": form}
    elif visit.sends is not None:
        sends = {"data": fill_in(visit.sends, names), "content_type": "application/json"}
    ask = getattr(client, method.lower())
    response: Any = ask(address, follow=visit.follow, headers=dict(visit.request_headers), **sends)
    text = b"".join(response) if response.streaming else response.content
    said = text.decode(errors="replace")
    assert response.status_code == visit.status, f"{visit}: {response.status_code}\n{said[:3000]}"
    for wanted in visit.has:
        assert fill_in(wanted, names) in said, f"{visit}: no {wanted!r} in\n{said[:20_000]}"
    for unwanted in visit.lacks:
        assert fill_in(unwanted, names) not in said, f"{visit}: {unwanted!r} in\n{said[:20_000]}"
    if visit.json is not None:
        assert is_within(fill_in(visit.json, names), response.json()), f"{visit}:\n{said}"
    for name, value in visit.headers.items():
        assert response.headers.get(name) == value, f"{visit}: {name} {response.headers.get(name)}"
    return response
