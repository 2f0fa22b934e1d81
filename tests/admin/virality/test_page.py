"""The page that says how far shares travel."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse
from django.utils.html import escape

from django_share_analytics.admin import ShareViralityAdmin
from django_share_analytics.models import ShareVirality
from django_share_analytics.virality.results import AppTravel, Rate, Virality
from tests.urls import urlpatterns as without_links
from tests.virality import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [*without_links, path("s/", include("django_share_analytics.link_urls"))]

PAGE = "admin:share_analytics_sharevirality_changelist"
STATISTICS = "admin:share_analytics_sharestatistics_changelist"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"
EXPORT = "share_analytics.export_share"
HOSTILE = '<script>alert("x")</script>'
SNIPPET = 'path("s/", include("django_share_analytics.link_urls"))'
MOST_QUERIES, MOST_BYTES = 20, 150_000


def text(response: Any) -> str:
    """What is there to be read, without markup."""
    assert response.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has the page answer with :mod:`tests.virality.examples`."""

    def answer(make: Callable[..., Virality] = examples.virality, **changes: Any) -> None:
        def travel_of(cohort: Any) -> Virality:
            return replace(make(cohort), **changes)

        monkeypatch.setattr("django_share_analytics.admin.virality.page.travel_of", travel_of)

    return answer


@pytest.mark.parametrize(
    ("permissions", "sees", "exports"),
    [
        ([], False, False),
        (["share_analytics.view_share"], False, False),
        ([EXPORT], False, False),
        ([VIEW_STATISTICS], True, False),
        ([VIEW_STATISTICS, EXPORT], True, True),
    ],
)
def test_page__by_permission(
    as_staff: Callable[..., Client], permissions: list[str], sees: bool, exports: bool
) -> None:
    browser, address = as_staff(*permissions), reverse(PAGE)
    index = browser.get(reverse("admin:index")).content.decode()
    assert (f'href="{address}"' in index) is sees
    shown, file = browser.get(address), browser.get(address, {"export": "platforms"})
    assert shown.status_code == (200 if sees else 403)
    assert file.status_code == (200 if exports else 403)
    missing = EXPORT if sees else VIEW_STATISTICS
    if not exports:
        assert f"<code>{missing}</code>" in file.content.decode()


def test_page__when_logged_out(client: Client) -> None:
    assert client.get(reverse(PAGE)).status_code == 302


def test_page__on_a_site_of_its_own(rf: Any, admin_user: Any, settings: Any) -> None:
    site = admin.AdminSite("own")
    site.register(ShareVirality, ShareViralityAdmin)
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("own/", site.urls)]})
    request = rf.get("/")
    request.user = admin_user
    shown = site.get_model_admin(ShareVirality).changelist_view(request).render()
    assert reverse(PAGE, current_app="own") in shown.content.decode()
    assert "sharestatistics" not in shown.content.decode()


def test_page__says_it_in_a_sentence_and_in_numbers(
    admin_client: Client, answer: Callable[..., None]
) -> None:
    answer()
    said = text(admin_client.get(reverse(PAGE)))
    assert (
        "Of 100 shares, 34 brought somebody; people who came made 9 more: sharing adds about a"
        " tenth." in said
    )
    assert "The 90 days that ended a week ago. What happened within 7 days" in said
    for part in (
        "Shares that brought somebody 34% 31% to 37%",
        "Conversions per 100 shares at most 1.70",
        "WhatsApp 0.86 0.80 to 0.92 600 700",
        "Copied link at most 0.13 12 160",
        "orkut too few 105 74",
        "Most visits came by \u2068WhatsApp\u2069: 600.",
        "\u2068WhatsApp\u2069 is surest to bring people, but \u2068Telegram\u2069 may be as good",
        "Signal 200",
        "Half of 87 re-shares came within 1.5 h (1.1 h to 1.9 h).",
        "top 8.9 7.1 to 10.8 0.75 (0.60 to 0.90) 9,000 80",
        "\u2068top\u2069 earned more shares per view than \u2068bottom\u2069.",
        "0.66% 0.60% to 0.72%",
        "Of 1,123 shares that nobody was led to, 55 led on (4.9%). As of 3 h ago.",
        "4 steps away: 1 share",
    ):
        assert part in said, part


def test_page__puts_the_answer_first(admin_client: Client, answer: Callable[..., None]) -> None:
    answer()
    page = admin_client.get(reverse(PAGE)).content.decode()
    titles = re.findall(r'<h2 id="share-(\w[\w-]*)-title"', page)
    assert titles == [
        "answer", "funnel", "platforms", "apps", "previews", "in-apps", "goals", "weeks", "cycle",
        "placements", "views", "cascades",
    ]  # fmt: skip


def test_page__without_links_says_how_to_have_them(admin_client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.urls"
    said = text(admin_client.get(reverse(PAGE)))
    assert SNIPPET in said
    assert "Does sharing bring people?" not in said


def test_page__when_links_are_gone(
    admin_client: Client, answer: Callable[..., None], settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.urls"
    answer()
    said = text(admin_client.get(reverse(PAGE)))
    assert "Shares have no links any more" in said
    assert "34 brought somebody" in said


def test_page__when_nothing_was_shared(admin_client: Client) -> None:
    said = text(admin_client.get(reverse(PAGE)))
    assert "Nothing was shared on these days" in said
    assert SNIPPET not in said


def test_page__when_no_day_is_over(admin_client: Client, record: Any, app: Any) -> None:
    (share,) = record(app, days_ago=1)
    said = text(admin_client.get(reverse(PAGE), {"from": share.timestamp.date().isoformat()}))
    assert "The time of these shares isn't over" in said
    assert "The first of them can be looked at on" in said


def test_page__when_there_is_not_enough(admin_client: Client, answer: Callable[..., None]) -> None:
    answer(examples.too_few)
    response = admin_client.get(reverse(PAGE))
    said = text(response)
    assert "Not enough data yet: 80 of 150 shares." in said
    assert response.context["report"].figures == []
    assert "WhatsApp too few 5 80" in said
    assert "python manage.py find_cascades" in said


def test_page__of_an_app(admin_client: Client, answer: Callable[..., None], app: Any) -> None:
    nothing = dict.fromkeys(
        ("cycle_time", "previews", "visits_in", "goals", "apps", "placements", "verdict", "views")
    )
    answer(**nothing)
    response = admin_client.get(reverse(PAGE), {"app": str(app.pk), "platform": "telegram"})
    page = response.content.decode()
    titles = re.findall(r'<h2 id="share-(\w[\w-]*)-title"', page)
    assert titles == ["answer", "funnel", "platforms", "weeks", "cascades"]
    assert f"{reverse(STATISTICS)}?platform=telegram&amp;app=" in page


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({}, ("90", "7")),
        ({"days": "30", "window": "1"}, ("30", "1")),
        ({"window": "30"}, ("90", "30")),
        ({"window": "9"}, ("90", "7")),
        ({"days": "9999", "window": "1"}, ("90", "1")),
    ],
)
def test_form__says_what_is_shown(
    admin_client: Client, query: dict[str, str], asked: tuple[str, str]
) -> None:
    response = admin_client.get(reverse(PAGE), query)
    shown = response.context["form"].data
    assert (shown["days"], shown["window"]) == asked
    wrong = "This is everything of the last 90 days instead." in text(response)
    assert wrong is bool(response.context["form"].errors)


@pytest.mark.parametrize("name", ["platforms", "apps", "weeks", "placements"])
def test_export__has_all_rows(admin_client: Client, answer: Callable[..., None], name: str) -> None:
    answer()
    response = admin_client.get(reverse(PAGE), {"export": name})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + {"platforms": 4, "apps": 1, "weeks": 12, "placements": 2}[name]
    assert f"travels-{name}" in response.headers["Content-Disposition"]
    assert len({line.count(",") for line in lines if '"' not in line}) == 1
    if name == "platforms":
        assert lines[1:] == [
            "WhatsApp,whatsapp,700,600,0.86,0.8,0.92",
            "Telegram,telegram,300,270,0.9,0.7,1.1",
            "Copied link,copy,160,12,,,0.13",
            "orkut,orkut,74,105,,,",
        ]


@pytest.mark.parametrize(("query", "status"), [({"export": "no"}, 404), ({"window": "9"}, 400)])
def test_export__of_what_there_is(admin_client: Client, query: dict[str, str], status: int) -> None:
    assert admin_client.get(reverse(PAGE), {"export": "apps", **query}).status_code == status


def test_names_of_strangers_are_escaped(admin_client: Client, answer: Callable[..., None]) -> None:
    rate, cascades = Rate(0.5, 0.4, 0.6, 50), examples.virality().cascades
    assert cascades is not None
    largest = [replace(one, app_name=HOSTILE) for one in cascades.largest]
    answer(
        apps=[AppTravel("1", HOSTILE, 100, 50, rate), AppTravel("2", "=1+1", 100, 50, rate)],
        goals={HOSTILE: 3},
        cascades=replace(cascades, largest=largest),
    )
    page = admin_client.get(reverse(PAGE)).content.decode()
    assert HOSTILE not in page
    assert page.count(escape(HOSTILE)) > 3
    file = admin_client.get(reverse(PAGE), {"export": "apps"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[2].startswith("'=1+1") or lines[2].startswith("\"'=1+1")


def test_page__needs_no_inline_style_or_script(
    admin_client: Client, answer: Callable[..., None]
) -> None:
    answer()
    page = admin_client.get(reverse(PAGE)).content.decode()
    content = page.split('id="content-main"')[1].split('id="footer"')[0]
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", content)
    ids = re.findall(r'\sid="([^"]*)"', content)
    assert len(ids) == len(set(ids))
    for named in re.findall(r'aria-(?:labelledby|describedby)="([^"]*)"', content):
        assert named in ids


@pytest.mark.parametrize("language", ["de", "ar", "fr"])
def test_page__writes_geometry_in_no_language(
    admin_client: Client, answer: Callable[..., None], settings: Any, language: str
) -> None:
    answer()
    settings.USE_THOUSAND_SEPARATOR = True
    english = geometry(admin_client.get(reverse(PAGE)))
    settings.LANGUAGE_CODE = language
    assert geometry(admin_client.get(reverse(PAGE))) == english


def geometry(response: Any) -> list[str]:
    """Every attribute inside the drawings that holds a number."""
    drawings = re.findall(r"<svg class=\"share-.*?</svg>", response.content.decode(), re.DOTALL)
    names = "d|x|y|cx|cy|r|x1|x2|y1|y2|width|height|viewBox|stroke-width"
    return re.findall(rf"\s(?:{names})=\"[^\"]*\"", "".join(drawings))


def test_page__asks_as_many_queries_for_much_as_for_little(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            response = admin_client.get(reverse(PAGE))
        assert len(response.content) < MOST_BYTES
        return len(captured)

    record(make_app(), days_ago=20)
    queries()
    before = queries()
    for n, platform in enumerate(("whatsapp", "telegram", "email", "sms", "copy") * 3):
        record(make_app(), 15, days_ago=20 + n, platform=platform)
    assert queries() == before <= MOST_QUERIES
