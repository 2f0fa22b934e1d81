"""GET admin/shares/export."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.core.signals import request_finished
from django.db import (
    DatabaseError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)
from django.test import AsyncClient, AsyncRequestFactory, RequestFactory
from django.utils import timezone

from django_share_analytics.files import exporting
from django_share_analytics.files.downloads import csv_response
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

EXPORT, SHARES = "/api/admin/shares/export", "/api/admin/shares"
TABLES = "/api/admin/shares/stats/export"


def lines(response: Any) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def shares(make_app: Callable[..., Any], admin_user: Any) -> tuple[Any, Any]:
    chess, maps = make_app("Chess"), make_app("Maps")
    write_shares(
        [
            event(chess, "copy", NOON, session_id="s-1"),
            event(chess, "email", NOON + timedelta(hours=1), user_id=admin_user.pk),
            event(maps, "copy", NOON + timedelta(days=1)),
        ]
    )
    return chess, maps


class TestPermissions:
    def test_stranger(self, client: Client) -> None:
        assert client.get(EXPORT).status_code in (401, 403)

    @pytest.mark.parametrize(
        ("permissions", "status"),
        [
            ((), 403),
            (("share_analytics.view_share", "share_analytics.view_sharestatistics"), 403),
            (("share_analytics.export_share",), 200),
        ],
    )
    def test_staff(
        self, as_staff: Callable[..., Client], permissions: tuple[str, ...], status: int
    ) -> None:
        assert as_staff(*permissions).get(EXPORT).status_code == status

    def test_user_with_the_permission(self, client: Client, make_staff: Callable[..., Any]) -> None:
        user = make_staff("share_analytics.export_share")
        user.is_staff = False
        user.save()
        client.force_login(user)
        assert client.get(EXPORT).status_code == 403


def test_export__is_the_list(admin_client: Client, shares: Any) -> None:
    header, *found = lines(admin_client.get(EXPORT))
    listed = admin_client.get(SHARES).json()["results"]
    assert header == list(listed[0])
    assert found == [
        ["" if value is None else str(value) for value in share.values()] for share in listed
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"platform": "copy"},
        {"platform": "nothing"},
        {"from": "2026-03-11"},
        {"to": "2026-03-10"},
        {"session": "s-1", "from": "2026-03-10", "to": "2026-03-10"},
        {"app": "chess", "platform": "email"},
        {"user": "admin"},
    ],
)
def test_export__is_filtered_as_the_list(
    admin_client: Client, admin_user: Any, shares: Any, query: dict[str, Any]
) -> None:
    keys = {"chess": str(shares[0].pk), "admin": str(admin_user.pk)}
    query = {name: keys.get(value, value) for name, value in query.items()}
    listed = [share["id"] for share in admin_client.get(SHARES, query).json()["results"]]
    assert [line[0] for line in lines(admin_client.get(EXPORT, query))[1:]] == listed
    assert len(listed) < 3


@pytest.mark.parametrize(
    "query",
    [
        {"session": "s-1"},
        {"from": "yesterday"},
        {"to": "9999-12-31"},
        {"from": "2026-03-10", "to": "2026-03-09"},
        {"app": "\x00"},
        {"user": "nobody"},
        {"platform": "a\x00"},
    ],
)
def test_export__refuses_what_the_list_refuses(admin_client: Client, query: dict[str, str]) -> None:
    refused = admin_client.get(EXPORT, query)
    assert refused.status_code == 400
    assert refused.json() == admin_client.get(SHARES, query).json()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({}, "shares_until_{today}_Asia-Riyadh.csv"),
        ({"to": "2026-03-11"}, "shares_until_2026-03-11_Asia-Riyadh.csv"),
        ({"from": "2026-03-10"}, "shares_2026-03-10_{today}_Asia-Riyadh.csv"),
        (
            {"from": "2026-03-10", "to": "2026-03-11"},
            "shares_2026-03-10_2026-03-11_Asia-Riyadh.csv",
        ),
    ],
)
def test_export__is_a_file_with_a_name(
    admin_client: Client, query: dict[str, str], name: str
) -> None:
    response = admin_client.get(EXPORT, query)
    name = name.format(today=timezone.localdate().isoformat())
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Share-Time-Zone"] == "Asia/Riyadh"


def test_export__head_reads_nothing(
    admin_client: Client, shares: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):  # the session and the user
        response = admin_client.head(EXPORT)
    assert b"".join(response) == b""
    assert "Content-Disposition" in response


def test_export__when_the_database_fails_at_the_start(admin_client: Client) -> None:
    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "share_analytics_share" in sql:
            raise OperationalError("away")
        return execute(sql, params, many, context)

    admin_client.raise_request_exception = False
    with connection.execute_wrapper(fail):
        assert admin_client.get(EXPORT).status_code == 500


def breaking(error: Exception) -> Iterator[str]:
    yield "id\r\n1\r\n"
    raise error


def test_response__that_breaks_off(rf: RequestFactory) -> None:
    response = csv_response(rf.get("/"), breaking(DatabaseError("away")), filename="a.csv")
    received = []
    with pytest.raises(DatabaseError):
        received.extend(response.streaming_content)
    assert received == [
        b"id\r\n1\r\n",
        b"\r\nERROR: this file is incomplete. Something failed while it was written.\r\n",
    ]


@pytest.fixture
def _keep_connections() -> Iterator[None]:
    """The end of a request closes the test's own connection otherwise."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("_keep_connections")
def test_response__that_is_closed_reads_no_further(rf: RequestFactory) -> None:
    ended = []

    def chunks() -> Iterator[str]:
        try:
            yield "id\r\n"
            yield "1\r\n"
        except GeneratorExit:
            ended.append(True)

    response = csv_response(rf.get("/"), chunks(), filename="a.csv")
    assert next(iter(response)) == b"id\r\n"
    response.close()
    assert ended == [True]


def test_response__for_a_spreadsheet(rf: RequestFactory) -> None:
    response = csv_response(rf.get("/"), iter(["اسم\r\n"]), filename="a.csv", for_spreadsheet=True)
    assert b"".join(response) == b"\xef\xbb\xbf" + "اسم\r\n".encode()


def test_response__with_text_that_can_not_be_encoded(rf: RequestFactory) -> None:
    response = csv_response(rf.get("/"), iter(["\ud800\r\n"]), filename="a.csv")
    assert b"".join(response) == b"\\ud800\r\n"


def test_response__under_asgi_is_made_as_it_is_read() -> None:
    taken = []

    def chunks() -> Iterator[str]:
        for n in range(3):
            taken.append(n)
            yield f"{n}\r\n"

    async def receive() -> list[tuple[bytes, list[int]]]:
        response = csv_response(AsyncRequestFactory().get("/"), chunks(), filename="a.csv")
        assert response.is_async
        return [(part, list(taken)) async for part in response]

    assert asyncio.run(receive()) == [
        (b"0\r\n", [0]),
        (b"1\r\n", [0, 1]),
        (b"2\r\n", [0, 1, 2]),
    ]


@pytest.mark.django_db(transaction=True)
def test_export__under_asgi(admin_user: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE_SIZE", 2)
    write_shares([event(app, at=NOON + timedelta(hours=i)) for i in range(5)])
    client = AsyncClient()
    client.force_login(admin_user)

    async def receive() -> bytes:
        response = await client.get(EXPORT)
        assert response.is_async
        body = b"".join([part async for part in response.streaming_content])
        await sync_to_async(connections.close_all)()  # those of the thread that made it
        return body

    text = asyncio.run(receive()).decode()
    assert text.count("\r\n") == 6


class TestTables:
    @pytest.mark.parametrize(
        ("permissions", "status"),
        [
            (("view_sharestatistics",), 403),
            (("export_share",), 403),
            (("view_sharestatistics", "export_share"), 200),
        ],
    )
    def test_permissions(
        self, as_staff: Callable[..., Client], permissions: tuple[str, ...], status: int
    ) -> None:
        browser = as_staff(*(f"share_analytics.{name}" for name in permissions))
        assert browser.get(TABLES, {"table": "daily"}).status_code == status

    @pytest.mark.parametrize(
        ("table", "expected"),
        [
            ("daily", [["date", "count"], ["2026-03-10", "2"], ["2026-03-11", "1"]]),
            ("platforms", [["platform", "shareCount"], ["copy", "2"], ["email", "1"]]),
            (
                "apps",
                [
                    ["appId", "appName", "shareCount"],
                    ["chess", "Chess", "2"],
                    ["maps", "Maps", "1"],
                ],
            ),
            (
                "rising",
                [
                    ["appId", "appName", "shareCount", "previousCount", "change"],
                    ["chess", "Chess", "2", "0", ""],
                    ["maps", "Maps", "1", "0", ""],
                ],
            ),
        ],
    )
    def test_of_a_range(
        self, admin_client: Client, shares: Any, table: str, expected: list[list[str]]
    ) -> None:
        keys = {"chess": str(shares[0].pk), "maps": str(shares[1].pk)}
        response = admin_client.get(
            TABLES, {"table": table, "from": "2026-03-10", "to": "2026-03-11"}
        )
        assert lines(response) == [[keys.get(cell, cell) for cell in row] for row in expected]
        assert (
            f"shares-{table}_2026-03-10_2026-03-11_Asia-Riyadh.csv"
            in (response["Content-Disposition"])
        )

    def test_hourly(self, admin_client: Client, shares: Any) -> None:
        query = {"table": "hourly", "from": "2026-03-10", "to": "2026-03-10", "platform": "email"}
        found = lines(admin_client.get(TABLES, query))
        assert len(found) == 1 + 24
        assert ["2026-03-10T13:00:00+03:00", "1"] in found

    def test_filtered(self, admin_client: Client, shares: Any) -> None:
        query = {"table": "daily", "from": "2026-03-10", "to": "2026-03-10"}
        by_app = lines(admin_client.get(TABLES, {**query, "app": str(shares[1].pk)}))
        assert by_app[1:] == [["2026-03-10", "0"]]
        by_platform = lines(admin_client.get(TABLES, {**query, "platform": "Copy"}))
        assert by_platform[1:] == [["2026-03-10", "1"]]

    @pytest.mark.parametrize(
        ("query", "key"),
        [
            ({}, "table"),
            ({"table": "users"}, "table"),
            ({"table": "hourly"}, "table"),
            ({"table": "hourly", "days": "3"}, "table"),
            ({"table": "daily", "days": "0"}, "days"),
            ({"table": "daily", "from": "2026-03-10"}, "to"),
            ({"table": "daily", "platform": "myspace"}, "platform"),
            ({"table": "daily", "app": "\x00"}, "app"),
        ],
    )
    def test_what_can_not_be_asked(
        self, admin_client: Client, query: dict[str, str], key: str
    ) -> None:
        response = admin_client.get(TABLES, query)
        assert response.status_code == 400
        assert list(response.json()) == [key]

    def test_hourly__of_an_app(self, admin_client: Client, app: Any) -> None:
        query = {"table": "hourly", "days": "1", "app": str(app.pk)}
        assert list(admin_client.get(TABLES, query).json()) == ["table"]
