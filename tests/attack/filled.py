"""Fills a site with texts by every way in that there is, and names the pages that show them."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from django_share_analytics.conf import get_app_model, reporting_zone
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent, new_id, utc_now
from django_share_analytics.links.codes import code_of
from django_share_analytics.models import SetAside, Share
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.tracking import track_share
from django_share_analytics.upkeep.look_alikes import Asked, look_alikes
from django_share_analytics.writing.set_aside import set_payload_aside
from django_share_analytics.writing.writer import record_outcomes, write_shares
from tests.attack.addresses import address, names, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 "
"""Of an app: whatever else its name says, it is no robot's."""

COLUMNS = ("appId", "platform", "timestamp", "sessionId", "userAgent", "referrerUrl")
RUN = ("javascript:", "data:text", "vbscript:", "\x01")


class Odd:
    """No text, that says something all the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def fill(app: Any, user: Any, texts: Iterable[str], folder: Path) -> list[Any]:
    """All of ``texts`` in every field that a stranger, a user or an operator's file can write."""
    texts = list(texts)
    name = " ".join(texts)
    app.name = name[:200]
    app.save()
    user.username = name[:150]
    user.save()
    shares = [ShareEvent(app.pk, _cut(t), user_id=user.pk, placement=_cut(t)) for t in texts]
    for text in texts:
        _post(app, text)
        _post(app, text)  # what comes once is no group of shares that look alike
        track_share(app, "copy", session_id=Odd(text), user_agent=Odd(text), user=user)  # type: ignore[arg-type]
        set_payload_aside(text, _cut(text), RuntimeError(text))
    write_shares(shares)
    steps = [
        LinkEvent(share.id, kind, app.pk, detail=_cut(text))
        for share, text in zip(shares, texts, strict=True)
        for kind in ("click", "visit", "preview", "conversion")
    ]
    write_shares([*steps, ImpressionEvent(tuple(map(_cut, texts)), 1)])
    record_outcomes({(_cut(text), utc_now()): 1 for text in texts})
    _import(app, texts, folder)
    return shares


def _cut(text: str) -> str:
    return text[:30]


def _post(app: Any, text: str) -> None:
    """As strangers do."""
    browser = Client()
    headers = {"user-agent": BROWSER + text, "referer": text}
    id = new_id()
    body = {"appId": str(app.pk), "platform": "copy", "sessionId": text[:64], "id": str(id)}
    browser.post("/api/shares", body, "application/json", headers=headers)
    for call, values in (("visits", {"appId": str(app.pk)}), ("conversions", {"goal": "signup"})):
        browser.post(
            f"/api/shares/{code_of(id)}/{call}", values, "application/json", headers=headers
        )


def _import(app: Any, texts: Iterable[str], folder: Path) -> None:
    """As an operator does, with somebody else's file."""
    file, rejected = folder / "shares.csv", folder / "rejected.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for text in texts:
            day = "2026-03-10T09:00:00Z"
            writer.writerow([app.pk, _cut(text).lower(), day, text[:64], text, text])
    call_command("import_shares", str(file), "--allow-platforms", "--rejects", str(rejected))


def pages(app: Any, shares: list[Any]) -> dict[str, str]:
    """Name → address of everything that shows some of it: ours, and the host's own with ours."""
    values = values_of(app, shares[0], SetAside.objects.order_by("set_aside_at").first())
    ours = {name: address(name, values) for name in names()}
    meta = get_app_model()._meta
    host = f"admin:{meta.app_label}_{meta.model_name}"
    list_of_shares = reverse("admin:share_analytics_share_changelist")
    narrowed = {"app": app.pk, "platform": "copy", "from": "2026-01-01"}
    today = local_day(utc_now(), reporting_zone())
    asked = Asked(app.pk, DayRange(today, today, reporting_zone()), utc_now())
    alike = {"app": app.pk, "day": today, "of": look_alikes(asked).by_agent[0].mark.name}
    return {
        **ours,
        "list, narrowed": f"{list_of_shares}?{urlencode(narrowed)}",
        "share, posted": address(
            "admin:share_analytics_share_change",
            {**values, "share": Share.objects.filter(platform="copy").latest("timestamp").pk},
        ),
        "alike of it": reverse("admin:share_analytics_share_look_alikes", query=alike),
        "discard of it": reverse("admin:share_analytics_share_discard", query=alike),
        "statistics of it": reverse(
            "admin:share_analytics_sharestatistics_changelist", query={"app": str(app.pk)}
        ),
        "virality of it": reverse(
            "admin:share_analytics_sharevirality_changelist", query={"app": str(app.pk)}
        ),
        "host's list": reverse(f"{host}_changelist"),
        "host's object": reverse(f"{host}_change", args=[app.pk]),
        "host's deletion": reverse(f"{host}_delete", args=[app.pk]),
        "admin": reverse("admin:index"),
        "page": reverse("page", args=[app.pk]),
    }


class Structure(HTMLParser):
    """What a page is made of, as far as it isn't text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._inside = ""
        self.scripts: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"} and data.strip():
            self.scripts.append(data)
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def faults(self) -> Iterator[str]:
        """What no page of ours has, whoever wrote what it shows."""
        for tag, name, value in self.attributes:
            address = "".join(value.split()).lower()
            is_ours = not name.startswith("on") and name not in {"srcdoc", "style", "formaction"}
            leads_to = name in {"href", "src", "action", "xlink:href"}
            if not is_ours or (leads_to and address.startswith(RUN)):
                yield f"<{tag} {name}={value!r}>"
        yield from (f"script: {text!r}" for text in self.scripts if "harm" in text)
        yield from (tag for tag, _ in self.elements if tag in {"iframe", "base", "math", "object"})
