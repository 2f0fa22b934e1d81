"""What the host calls its things may be anything, or fail: whoever shows it goes on."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.events import utc_now
from django_share_analytics.host import names
from django_share_analytics.host.names import MAX_APP_NAME, MOST_COMPLAINTS, name_of, one_line
from django_share_analytics.models import Share
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

KEY = object()
"""Stands for the app's key in what is expected."""


def fails(app: Any) -> str:
    raise AttributeError("'NoneType' object has no attribute 'title'")


def asks_itself(app: Any) -> str:
    return f"<{app}>"


NAMES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "None": (lambda app: None, KEY),
    "a number": (lambda app: 5, KEY),
    "bytes": (lambda app: b"Chess", KEY),
    "a translation": (lambda app: gettext_lazy("Chess"), KEY),
    "an error": (fails, KEY),
    "a recursion": (asks_itself, KEY),
    "empty": (lambda app: "", KEY),
    "blank": (lambda app: " \t\n", KEY),
    "invisible": (lambda app: "\u200b\u202e\xa0\ufeff", KEY),
    "control characters": (lambda app: "\x00\x07\x1b", KEY),
    "endless": (lambda app: "x" * 10_000_000, "x" * (MAX_APP_NAME - 1) + "…"),
    "of many lines": (lambda app: "Chess\r\nfor\ttwo\u2028now", "Chess for two now"),
    "with a NUL": (lambda app: "Che\x00ss", "Che ss"),
    "half a character": (lambda app: "Chess \ud83d", "Chess \ufffd"),
    "markup": (lambda app: "</script><b onclick=x>", "</script><b onclick=x>"),
    "markup it vouches for": (lambda app: mark_safe("<b>\"'&"), "<b>\"'&"),
    "Arabic": (lambda app: "\u0634\u0637\u0631\u0646\u062c", "\u0634\u0637\u0631\u0646\u062c"),
    "turned around": (lambda app: "a\u202eb", "a\u202eb"),
    "a formula": (lambda app: "=1+1", "=1+1"),
}


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_complained", set())


@pytest.fixture(params=NAMES)
def named(request: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str]:
    """An app that was shared, with the name that it must be shown under."""
    function, expected = NAMES[request.param]
    monkeypatch.setattr(type(app), "__str__", function)
    write_shares([event(app, at=utc_now())])
    return app, str(app.pk) if expected is KEY else expected


@pytest.mark.once
def test_name_of__anything(named: tuple[Any, str]) -> None:
    app, expected = named

    name = name_of(app)

    assert name == expected
    assert type(name) is str, "no template takes it for markup"


@pytest.mark.once
@given(st.text(alphabet=st.characters(), max_size=1_500))
def test_one_line__of_any_text(text: str) -> None:
    line = one_line(text)

    assert len(line) <= MAX_APP_NAME
    assert line == line.strip()
    assert not set(line) & {"\n", "\r", "\t", "\x00", "\u2028", "\u2029", "\x85"}
    line.encode()
    assert one_line(line) == line


def test_one_line__leaves_what_is_well_alone() -> None:
    assert (
        one_line("Chess: “Deluxe” \U0001f9e9 \u200f\u0634")
        == "Chess: “Deluxe” \U0001f9e9 \u200f\u0634"
    )


def test_name_of__an_app_that_is_gone() -> None:
    assert name_of(None, "games/chess") == "games/chess"


# Every door. What is seen of a name is another matter than that all of them open.

PAGES = {
    "statistics": "admin:share_analytics_sharestatistics_changelist",
    "shares": "admin:share_analytics_share_changelist",
}


def pages_of(app: Any) -> Iterator[str]:
    for name in PAGES.values():
        yield reverse(name)
        yield reverse(name, query={"app": app.pk})
    yield reverse(PAGES["statistics"], query={"days": 1})
    yield reverse("admin:share_analytics_share_change", args=[Share.objects.get().pk])


@pytest.mark.once
def test_pages__show_any_name(named: tuple[Any, str], admin_client: Any) -> None:
    app, expected = named

    for page in pages_of(app):
        response = admin_client.get(page)
        assert response.status_code == 200, page
        text = response.content.decode()
        assert "<b onclick" not in text
        assert "<b>\"'" not in text
        shown = escape(expected[:40])
        assert shown in text, page


@pytest.mark.once
def test_staff_api__says_any_name(named: tuple[Any, str], admin_client: Any) -> None:
    _, expected = named

    stats = admin_client.get("/api/admin/shares/stats").json()
    (share,) = admin_client.get("/api/admin/shares").json()["results"]

    assert stats["mostSharedApps"][0]["appName"] == share["appName"] == expected


@pytest.mark.once
def test_files__write_any_name(named: tuple[Any, str], admin_client: Any, tmp_path: Any) -> None:
    _, expected = named
    written = f"'{expected}" if expected.startswith("=") else expected
    path = tmp_path / "shares.csv"

    call_command("export_shares", output=str(path))
    files = [path.read_text()]
    for address in (
        "/api/admin/shares/export",
        "/api/admin/shares/stats/export?table=apps",
        reverse(PAGES["statistics"], query={"export": "apps"}),
        reverse("admin:share_analytics_share_export"),
    ):
        files.append(b"".join(admin_client.get(address).streaming_content).decode("utf-8-sig"))

    assert [written.replace('"', '""') in text for text in files] == [True] * len(files)


@pytest.mark.once
def test_buttons__say_any_name(named: tuple[Any, str]) -> None:
    app, expected = named
    source = "{% load share_analytics %}{% share_buttons app %}"
    context = Context({"app": app, "request": RequestFactory().get("/here")})

    markup = Template(source).render(context)

    assert markup.encode()
    assert f'data-text="{escape(expected)}"' in markup
    assert "<b " not in markup
    assert "<b>" not in markup


# The log


def test_name_of__says_what_fails_once_an_app(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(app), "__str__", fails)

    for _ in range(3):
        name_of(app)

    (record,) = caplog.records
    assert (record.name, record.levelno) == ("django_share_analytics", logging.WARNING)
    assert str(app.pk) in record.getMessage()
    assert "AttributeError" in record.getMessage()
    assert record.exc_info, "and where"


def test_name_of__says_it_of_some(
    app_model: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    unknown_key: Any,
) -> None:
    monkeypatch.setattr(app_model, "__str__", lambda app: None)

    for key in range(3_000):
        name_of(app_model(pk=unknown_key), key)

    assert len(caplog.records) == MOST_COMPLAINTS


def test_name_of__an_app_without_a_name_is_no_news(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(app), "__str__", lambda app: "")

    assert name_of(app) == str(app.pk)
    assert not caplog.records


# Names that are made of more than the app itself


def related_owner(apps: QuerySet[Any]) -> QuerySet[Any]:
    """A host's function: the example of the docs, with what this host has to be related to."""
    return apps.prefetch_related("share_analytics_platform_counts")


def told_by_related(app: Any) -> str:
    """A name that takes a query, if what it is made of was not read before."""
    return f"{app.name} {len(app.share_analytics_platform_counts.all())}"


MANY = 3_000


@pytest.fixture
def many_apps(
    app_model: Any, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, unknown_key: Any
) -> list[Any]:
    """Apps with shares, whose names need a related row each, and the setting that reads these."""
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "APPS_WITH_NAMES": "tests.host.test_names.related_owner",
    }
    first = unknown_key
    keys = {
        "int": lambda n: first + n,
        "str": lambda n: f"{first}/{n}",
        "uuid": lambda n: uuid.uuid4(),
    }[settings.APP_KEY]
    apps = app_model._default_manager.bulk_create(
        app_model(pk=keys(n), name=f"App {n}") for n in range(MANY)
    )
    monkeypatch.setattr(app_model, "__str__", told_by_related)
    now = utc_now()
    for start in range(0, MANY, 500):
        write_shares([event(app, at=now) for app in apps[start : start + 500]])
    return apps


@pytest.mark.slow
def test_apps_with_names__take_no_query_each(
    many_apps: list[Any], admin_client: Any, django_assert_max_num_queries: Any
) -> None:
    whole = f"{many_apps[0].name} 1"
    doors = [
        "/api/admin/shares/stats?limit=100",
        "/api/admin/shares?limit=200",
        "/api/admin/shares/export",
        "/api/admin/shares/stats/export?table=apps",
        reverse(PAGES["statistics"]),
        reverse(PAGES["statistics"], query={"app": many_apps[0].pk}),
        reverse(PAGES["statistics"], query={"export": "apps"}),
        reverse(PAGES["shares"]),
        reverse(PAGES["shares"], query={"app": many_apps[0].pk}),
    ]
    for door in doors:
        with django_assert_max_num_queries(45):
            response = admin_client.get(door)
            content = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, door
        assert whole.rpartition(" ")[0].encode()[:4] in content, door


def test_apps_with_names__that_leave_apps_out(app: Any, settings: Any, admin_client: Any) -> None:
    write_shares([event(app, at=utc_now())])
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "APPS_WITH_NAMES": "tests.host.test_names.no_apps",
    }

    for page in pages_of(app):
        assert admin_client.get(page).status_code == 200, page
    (share,) = admin_client.get("/api/admin/shares").json()["results"]
    assert share["appName"] == str(app.pk)


def test_apps_with_names__that_leave_apps_out_leave_them_to_be_chosen(
    make_app: Any, settings: Any, admin_client: Any
) -> None:
    apps = [make_app("Chess"), make_app("Go")]
    write_shares([event(app, at=utc_now()) for app in apps])
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "APPS_WITH_NAMES": "tests.host.test_names.no_apps",
    }

    changelist = admin_client.get(reverse(PAGES["shares"])).context["cl"]
    (links,) = (spec for spec in changelist.filter_specs if spec.parameter_name == "app")
    shown = {choice["display"] for choice in links.choices(changelist)}
    assert {str(app.pk) for app in apps} <= shown

    page = admin_client.get(reverse(PAGES["statistics"], query={"app": apps[0].pk})).content
    key = escape(str(apps[1].pk))
    assert f'<option value="{key}">{key}</option>' in page.decode()


def no_apps(apps: QuerySet[Any]) -> QuerySet[Any]:
    return apps.none()
