"""manage.py export_shares."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from django_share_analytics.files import exporting
from django_share_analytics.files.exporting import shares_csv
from django_share_analytics.models import Share
from django_share_analytics.writing.writer import write_shares
from tests import databases
from tests.factories import NOON, counted_by_hand, event, stored_counts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def shares(make_app: Callable[..., Any]) -> tuple[Any, Any]:
    chess, maps = make_app("شطرنج"), make_app("Maps")
    write_shares(
        [
            event(chess, "copy", NOON),
            event(chess, "email", NOON + timedelta(hours=1), session_id="s-1"),
            event(maps, "copy", NOON + timedelta(days=1)),
        ]
    )
    return chess, maps


def exported(*arguments: str) -> str:
    out = io.StringIO()
    call_command("export_shares", *arguments, stdout=out)
    return out.getvalue()


def expected(**conditions: Any) -> str:
    return "".join(shares_csv(Share.objects.filter(**conditions)))


def test_export__to_standard_output_is_the_file_alone(shares: Any) -> None:
    assert exported() == expected()


def test_export__filtered(shares: Any) -> None:
    chess, _ = shares
    assert exported("--app", str(chess.pk)) == expected(app=chess)
    assert exported("--platform=copy", "--to=2026-03-10") == expected(app=chess, platform="copy")
    bounded = ("--from", "2026-03-10", "--to", "2026-03-11", "--session", "s-1")
    assert exported(*bounded) == expected(session_id="s-1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "yesterday"], "--from: Enter a valid date."),
        (["--session", "s-1"], "--session: Needs from and to, at most a year apart."),
        (["--user", "nobody"], "--user: "),
    ],
)
def test_export__when_a_filter_makes_no_sense(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        exported(*arguments)


def test_export__to_a_file(shares: Any, tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    path.write_text("the one of last month")
    assert exported("--output", str(path)) == (
        f"Written to {path}. Times are in the zone Asia/Riyadh.\n"
    )
    assert path.read_bytes().decode() == expected()
    assert list(tmp_path.iterdir()) == [path]


def test_export__for_a_spreadsheet(shares: Any, tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    exported("--output", str(path), "--bom", "--verbosity", "0")
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected().encode()


def test_export__that_fails_leaves_the_old_file(
    shares: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE_SIZE", 1)
    path = tmp_path / "shares.csv"
    path.write_text("the one of last month")
    pages = 0

    def fail_at_the_second_page(execute: Any, *args: Any) -> Any:
        nonlocal pages
        pages += "share_analytics_share" in args[0]
        if pages > 1:
            raise OperationalError("away")
        return execute(*args)

    with connection.execute_wrapper(fail_at_the_second_page), pytest.raises(OperationalError):
        exported("--output", str(path))
    assert path.read_text() == "the one of last month"
    assert list(tmp_path.iterdir()) == [path]


def test_export__to_a_place_that_is_not_there(shares: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Can't write"):
        exported("--output", str(tmp_path / "nowhere" / "shares.csv"))


@pytest.mark.parametrize("bom", [[], ["--bom"]])
def test_export__is_what_import_shares_reads(
    make_app: Callable[..., Any], admin_user: Any, tmp_path: Path, bom: list[str]
) -> None:
    hostile = [
        "=1+1",
        "'=1",
        "''",
        "+1",
        "-1",
        "@a",
        "a,b",
        'a"b',
        "أ\u200fب",
        " a ",
        "'",
        "plain",
        "",
    ]
    write_shares(
        [
            event(
                make_app(text or "x"),
                at=NOON + timedelta(hours=i, microseconds=i),
                session_id=text,
                user_agent=text,
                referrer_url=text or None,
                user_id=admin_user.pk if i % 2 else None,
            )
            for i, text in enumerate(hostile)
        ]
    )
    before = list(Share.objects.in_time().values())
    exported("--output", str(tmp_path / "shares.csv"), *bom)
    Share.objects.all().delete()
    call_command("import_shares", str(tmp_path / "shares.csv"), stdout=io.StringIO())
    assert list(Share.objects.in_time().values()) == before
    assert stored_counts() == counted_by_hand()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_export__in_a_pipe_whose_reader_stops(app: Any, unbuffered: str) -> None:
    write_shares([event(app, user_agent="x" * 500) for _ in range(300)])
    command = f"{sys.executable} -m django export_shares | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=databases.child_environment(
            PYTHONPATH=os.pathsep.join(sys.path), PYTHONUNBUFFERED=unbuffered
        ),
        capture_output=True,
        check=False,
    )
    assert done.stdout.decode().startswith("id,appId,appName")
    assert done.stdout.endswith(b"\r\n")
    assert done.stderr.decode() == "CommandError: The output was closed before the end.\n"
    assert done.returncode == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("is_piped", [True, False])
def test_export__a_bar_comes_not_between_the_lines_of_a_file(shares: Any, is_piped: bool) -> None:
    """It is shown while the file goes elsewhere."""
    out, err = io.StringIO() if is_piped else Terminal(), Terminal()
    call_command("export_shares", stdout=out, stderr=err, no_color=True)
    assert ("Writing" in err.getvalue()) is is_piped
    assert ("3 of 3" in err.getvalue()) is is_piped
    assert out.getvalue() == expected()
