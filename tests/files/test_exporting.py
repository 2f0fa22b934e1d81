"""Shares and tables as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.files import exporting
from django_share_analytics.files.cells import unescape_formula
from django_share_analytics.files.exporting import (
    EXPORTED_COLUMNS,
    STEP_COLUMNS,
    shares_csv,
    steps_csv,
    table_csv,
)
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, link_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def read(chunks: Iterable[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(chunks), newline=""), strict=True))


def ids(chunks: Iterable[str]) -> list[str]:
    return [line[0] for line in read(chunks)[1:]]


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE_SIZE", 3)


@pytest.mark.django_db
class TestShares:
    def test_when_there_are_none(self) -> None:
        assert list(shares_csv(Share.objects.all())) == [",".join(EXPORTED_COLUMNS) + "\r\n"]

    def test_a_line_for_each(self, make_app: Callable[..., Any], admin_user: Any) -> None:
        chess = make_app("شطرنج, Chess")
        old = event(chess, "copy", NOON + timedelta(microseconds=7))
        new = event(
            chess,
            "x",
            NOON + timedelta(hours=13),
            user_id=admin_user.pk,
            session_id="s-1",
            user_agent='Mozilla "5"',
            referrer_url="https://example.com/\r\n?a=1",
            placement="top",
            visitor=7,  # which is nobody's business
        )
        write_shares([old, new])
        assert read(shares_csv(Share.objects.all())) == [
            [
                "id", "appId", "appName", "platform", "userId", "sessionId", "timestamp",
                "userAgent", "referrerUrl", "placement",
            ],
            [
                str(new.id), str(chess.pk), "شطرنج, Chess", "x", str(admin_user.pk), "s-1",
                "2026-03-11T01:00:00+03:00", 'Mozilla "5"', "https://example.com/\r\n?a=1", "top",
            ],
            [
                str(old.id), str(chess.pk), "شطرنج, Chess", "copy", "", "",
                "2026-03-10T12:00:00.000007+03:00", "", "", "",
            ],
        ]  # fmt: skip

    def test_strangers_text_is_no_formula(self, make_app: Callable[..., Any]) -> None:
        evil = "=HYPERLINK(1)"
        write_shares([event(make_app(evil), session_id="+1", user_agent="@a", referrer_url="-1")])
        _, line = read(shares_csv(Share.objects.all()))
        assert (line[2], line[5], line[7], line[8]) == (f"'{evil}", "'+1", "'@a", "'-1")

    @pytest.mark.usefixtures("_small_pages")
    @pytest.mark.parametrize("oldest_first", [False, True])
    @pytest.mark.parametrize("n", [2, 3, 4, 6, 7])
    def test_pages__skip_and_repeat_nothing(self, app: Any, n: int, oldest_first: bool) -> None:
        # Several at the same moment, across the edges of pages.
        write_shares([event(app, at=NOON + timedelta(days=i // 4)) for i in range(n)])
        way = "" if oldest_first else "-"
        expected = Share.objects.order_by(f"{way}timestamp", f"{way}id")
        found = ids(shares_csv(Share.objects.all(), oldest_first=oldest_first))
        assert found == [str(key) for key in expected.values_list("id", flat=True)]

    @pytest.mark.usefixtures("_small_pages")
    def test_pages__while_shares_come_and_go(self, app: Any) -> None:
        write_shares([event(app, at=NOON + timedelta(hours=i)) for i in range(7)])
        there = list(Share.objects.order_by("timestamp"))
        chunks = shares_csv(Share.objects.all())
        first = next(chunks)
        write_shares([event(app, at=NOON + timedelta(days=1))])
        there[1].delete()
        found = ids([first, *chunks])
        assert found == [str(there[i].id) for i in (6, 5, 4, 3, 2, 0)]

    @pytest.mark.usefixtures("_small_pages")
    def test_pages__cost_two_queries_at_most(self, make_app: Callable[..., Any]) -> None:
        apps = [make_app() for _ in range(3)]
        write_shares([event(apps[i % 3], at=NOON + timedelta(hours=i)) for i in range(12)])
        with CaptureQueriesContext(connection) as captured:
            list(shares_csv(Share.objects.select_related("app")))
        # Four pages and the empty one that ends them; the names are known after the first.
        assert len(captured) == 6
        assert not any("OFFSET" in query["sql"] for query in captured)

    @pytest.mark.usefixtures("_small_pages")
    def test_pages__filtered(self, make_app: Callable[..., Any]) -> None:
        chess, maps = make_app(), make_app()
        write_shares([event(chess if i % 2 else maps, at=NOON) for i in range(14)])
        chosen = Share.objects.filter(app=chess)
        assert sorted(ids(shares_csv(chosen))) == sorted(str(s.id) for s in chosen)
        assert len(ids(shares_csv(chosen))) == 7

    def test_names__are_not_kept_without_end(
        self, make_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exporting, "PAGE_SIZE", 2)
        monkeypatch.setattr(exporting, "MAX_NAMES", 3)
        apps = [make_app(f"App {i}") for i in range(9)]
        write_shares([event(app, at=NOON - timedelta(hours=i)) for i, app in enumerate(apps)])
        names = exporting.AppNames("default")
        monkeypatch.setattr(exporting, "AppNames", lambda using: names)
        lines = read(shares_csv(Share.objects.all()))[1:]
        assert [line[2] for line in lines] == [f"App {i}" for i in range(9)]
        assert len(names) <= 5


@pytest.mark.django_db
class TestSteps:
    def test_when_there_are_none(self, app: Any) -> None:
        write_shares([event(app)])
        assert list(steps_csv(Share.objects.all())) == [",".join(STEP_COLUMNS) + "\r\n"]

    def test_a_line_for_each_and_none_for_facts(self, app: Any) -> None:
        share = event(app)
        child = event(app, at=NOON + timedelta(hours=1), via=share.id)
        visit = link_event(share, "visit", NOON + timedelta(minutes=1), detail="=x")
        write_shares([share, child, visit])
        header, *lines = read(steps_csv(Share.objects.all()))
        assert header == list(STEP_COLUMNS)
        assert sorted(lines, key=lambda line: line[2]) == [
            [str(child.id), str(share.id), "reshare", "", "2026-03-10T13:00:00+03:00"],
            [str(visit.id), str(share.id), "visit", "'=x", "2026-03-10T12:01:00+03:00"],
        ]

    @pytest.mark.usefixtures("_small_pages")
    def test_pages__skip_and_repeat_nothing(self, make_app: Callable[..., Any]) -> None:
        chess, maps = make_app(), make_app()
        shares = [event(chess if i % 2 else maps) for i in range(7)]
        clicks = [link_event(shares[i % 7], "click") for i in range(6)]
        clicks += [link_event(shares[1], "click") for i in range(9)]
        write_shares([*shares, *clicks])
        for chosen in (Share.objects.all(), Share.objects.filter(app=chess)):
            expected = LinkStep.objects.filter(share__in=chosen).values_list("id", flat=True)
            assert sorted(ids(steps_csv(chosen))) == sorted(map(str, expected))


def test_table__as_it_is() -> None:
    rows = [["=1+1", 5, date(2026, 3, 10), None], ["a;b", -5, 0.25, "x"]]
    assert "".join(table_csv(["App", "Shares", "Day", "Change"], rows)) == (
        "App,Shares,Day,Change\r\n'=1+1,5,2026-03-10,\r\na;b,-5,0.25,x\r\n"
    )


def test_table__when_empty() -> None:
    assert list(table_csv(["Day"], [])) == ["Day\r\n"]


def test_table__is_made_some_lines_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE_SIZE", 2)
    taken = []
    chunks = table_csv(["n"], ([taken.append(n) or n] for n in range(5)))  # type: ignore[func-returns-value]
    assert next(chunks) == "n\r\n0\r\n1\r\n"
    assert taken == [0, 1]
    assert "".join(chunks) == "2\r\n3\r\n4\r\n"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_table__can_be_read_back(rows: list[list[str]]) -> None:
    _, *lines = read(table_csv(["a", "b"], rows))
    assert [[unescape_formula(cell) for cell in line] for line in lines] == rows
