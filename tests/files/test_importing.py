"""A site's history from a CSV file: all of it, once, and what can't be imported set aside."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from django_share_analytics.events import utc_now
from django_share_analytics.files import importing, share_lines
from django_share_analytics.files.exporting import shares_csv
from django_share_analytics.models import OutcomeHour, SetAside, Share
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing import batches
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db

HEADER = "id,appId,platform,timestamp\n"


@pytest.fixture
def imports(tmp_path):
    """``imports(text)``: exit status, output and the lines set aside, with their reasons."""

    def run(text, *arguments, name="shares.csv"):
        path, rejects, out = tmp_path / name, tmp_path / "rejects.csv", io.StringIO()
        content = text.encode("utf-8", "surrogateescape")
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        status = 0
        try:
            call_command(
                "import_shares", str(path), "--rejects", str(rejects), *arguments,
                stdout=out, stderr=io.StringIO(),
            )  # fmt: skip
        except SystemExit as stop:
            status = int(stop.code or 0)
        with rejects.open(newline="", errors="surrogateescape") as file:
            set_aside = list(csv.reader(file))[1:]
        return status, out.getvalue().strip(), set_aside

    return run


def line(*cells: object) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def rows():
    columns = [field.attname for field in Share._meta.concrete_fields]
    return set(Share.objects.values_list(*columns))


def test_import__takes_what_an_export_wrote(make_app, admin_user, imports):
    apps = [make_app("Chess, =1"), make_app()]
    write_shares(
        [
            event(
                apps[n % 2], ("sms", "copy")[n % 3 % 2], NOON + n * timedelta(0, 420, 1),
                user_id=admin_user.pk if n % 2 else None,
                session_id=("", "s-1", "'=1", "=2")[n % 4],
                user_agent=("", "Mozilla/5.0 😀", '@SUM(1), "two"\nlines', "'quoted'")[n % 4],
                referrer_url=(None, "https://example.com/?q=é", "-1")[n % 3],
            )
            for n in range(25)
        ]
    )  # fmt: skip
    text, before, counts = "".join(shares_csv(Share.objects.all())), rows(), stored_counts()
    Share.objects.all().delete()
    assert imports("\ufeff" + text) == (0, "Not imported: appName\n25 imported.", [])
    assert rows() == before
    assert stored_counts() == counts == counted_by_hand()
    assert imports(text, name="shares.csv.gz")[1].endswith("0 imported, 25 were there already.")
    assert stored_counts() == counts


def test_import__of_lines_without_an_id(app, imports):
    text = "app_id,Platform,TIMESTAMP,session_id\n" + "".join(
        line(app.pk, platform, "2026-03-10T09:00:00Z", session)
        for platform in ("WhatsApp", "wa", "twitter")
        for session in ("a", "b")
    )
    assert imports(text)[:2] == (0, "4 imported, 2 were there already.")
    assert imports(text)[:2] == (0, "0 imported, 6 were there already.")
    reordered = "timestamp,appId,platform,sessionId\n" + line(
        "2026-03-10 12:00:00+03:00", app.pk, "x", "a"
    )
    assert imports(reordered)[1] == "0 imported, 1 were there already."
    assert imports(reordered, "--namespace", "old shop")[1] == "1 imported."
    assert stored_counts() == counted_by_hand()
    assert {share.pk.version for share in Share.objects.all()} == {7}


def test_import__sets_bad_lines_aside(app, unknown_key, imports):
    future = (utc_now() + timedelta(hours=1)).isoformat()
    good = [line(uuid4(), app.pk, "x", "2026-03-10T09:00:00Z") for _ in range(2)]
    bad = [
        ("nonsense", app.pk, "x", "2026-03-10T09:00:00Z", "'nonsense' is not an id: a UUID"),
        ("", app.pk, "myspace", "2026-03-10T09:00Z", "'myspace' is not a platform of this site"),
        ("", app.pk, "x", "yesterday", "'yesterday' is not a time as ISO 8601 writes it"),
        ("", app.pk, "x", "2026-03-10T09:00:00",
         "the time has no offset, and no --time-zone is given"),
        ("", app.pk, "x", future, "the time is in the future"),
        ("", app.pk, "x", "1969-03-10T09:00:00Z", "the time is before 1970"),
        ("", app.pk, "x", "0001-01-01T00:00:00+14:00",
         "'0001-01-01T00:00:00+14:00' is not a time as ISO 8601 writes it"),
        ("", "\udcff", "x", "2026-03-10T09:00:00Z", "'\\udcff' is not the key of an app"),
        ("", unknown_key, "x", "2026-03-10T09:00:00Z", "there is no such app"),
    ]  # fmt: skip
    text = HEADER + good[0] + "".join(line(*cells[:4]) for cells in bad) + "1,2\n\n" + good[1]
    status, out, set_aside = imports(text)
    assert status == 1
    assert out == "2 imported, 1 set aside (unknown_app), 9 set aside (unreadable)."
    reasons = {int(row[4]): row[5] for row in set_aside}
    assert reasons == {
        **{number: cells[4] for number, cells in enumerate(bad, start=3)},
        12: "has 2 cells, where the header has 4",
    }
    assert Share.objects.count() == 2
    assert not OutcomeHour.objects.exists()


def test_import__of_what_was_set_aside_and_corrected(app, imports, tmp_path):
    imports(HEADER + line("", app.pk, "myspace", "2026-03-10T09:00:00Z"))
    corrected = (tmp_path / "rejects.csv").read_text().replace("myspace,", "x,")
    assert imports(corrected)[:2] == (0, "Not imported: line, reason\n1 imported.")


def test_import__with_a_zone(app, imports):
    text = (
        HEADER
        + line("", app.pk, "x", "2026-03-10 12:00")
        + line("", app.pk, "x", "2026-03-10T09:00Z")
    )
    assert imports(text, "--time-zone", "Asia/Riyadh")[1] == "1 imported, 1 were there already."
    assert Share.objects.get().timestamp == NOON


def test_import__with_other_columns(app, imports):
    text = "when,product,network,appId\n" + line("2026-03-10T09:00Z", app.pk, "x", "not this")
    columns = "timestamp=When,app_id=product,platform=network"
    assert imports(text, "--columns", columns)[:2] == (0, "Not imported: appId\n1 imported.")


def test_import__of_platforms_that_the_site_does_not_have(app, imports):
    text = (
        HEADER
        + line("", app.pk, " MySpace ", "2026-03-10T09:00Z")
        + line("", app.pk, "y" * 51, "2026-03-10T09:00Z")
    )
    assert imports(text, "--allow-platforms")[0] == 1
    assert Share.objects.get().platform == "myspace"


def test_import__sets_aside_what_the_database_refuses(app, imports, monkeypatch):
    """That line alone, and each of two with the same id; and nothing of it is told."""

    def refuse_some(events, **kwargs):
        if any("poison" in each.session_id for each in events):
            raise IntegrityError("Failing row contains (poison).")
        return write_shares(events, **kwargs)

    monkeypatch.setattr(batches, "write_shares", refuse_some)
    header, at = "id,appId,platform,timestamp,sessionId\n", "2026-03-10T09:00Z"
    id = uuid4()
    bad = [line(id, app.pk, platform, at, "poison") for platform in ("x", "copy")]
    good = [line("", app.pk, "x", NOON + timedelta(minutes=n), "") for n in range(5)]
    status, out, set_aside = imports(header + bad[0] + "".join(good) + bad[1])
    assert (status, out) == (1, "5 imported, 2 set aside (refused_by_database).")
    assert [(row[2], row[5]) for row in set_aside] == [("x", "2"), ("copy", "8")]
    assert all(row[6].startswith("IntegrityError") for row in set_aside)
    assert not any("poison" in row[6] for row in set_aside)
    assert not SetAside.objects.exists()
    assert not OutcomeHour.objects.exists()
    assert stored_counts() == counted_by_hand()


def test_import__when_the_database_takes_no_share_at_all(app, imports, monkeypatch):
    """It is not the lines' fault: none is set aside, and the same file is imported later."""

    def refuse(*args, **kwargs):
        raise IntegrityError("a column that nobody here knows")

    text = HEADER + "".join(line("", app.pk, "x", NOON + timedelta(minutes=n)) for n in range(3))
    with monkeypatch.context() as patch:
        patch.setattr(batches, "write_shares", refuse)
        with pytest.raises(CommandError, match="Import the same file again") as raised:
            imports(text)
    assert raised.value.returncode == 2
    assert imports(text)[:2] == (0, "3 imported.")


def test_import__before_the_watermark(app, imports):
    prune(date(2026, 3, 10))
    text = (
        HEADER
        + line("", app.pk, "x", "2026-03-09T20:59:59Z")
        + line("", app.pk, "x", "2026-03-09T21:00:00Z")
    )
    status, out, set_aside = imports(text)
    assert (status, out) == (1, "1 imported, 1 set aside (before_retention).")
    assert "prune_shares" in set_aside[0][5]
    assert not OutcomeHour.objects.exists()
    assert audit_counts().is_exact


def test_import__of_a_user_who_is_gone(app, imports):
    """Or who never can have been there: a key larger than the column, or than any."""
    text = "appId,platform,timestamp,userId\n" + line(app.pk, "x", "2026-03-10T09:00Z", "nobody")
    for minute, key in enumerate((98765, -5, 99999999999, 2**63, 2**80), start=10):
        text += line(app.pk, "x", f"2026-03-10T09:{minute}Z", key)
    assert imports(text)[1] == "5 imported, 1 set aside (unreadable)."
    assert set(Share.objects.values_list("user_id", flat=True)) == {None}


def test_import__of_an_app_that_can_not_be(app, imports):
    if not isinstance(app.pk, int):
        pytest.skip("only for numbers")
    text = HEADER + "".join(
        line("", key, "x", "2026-03-10T09:00Z") for key in (-5, 99999999999, 2**62)
    )
    assert imports(text)[1] == "0 imported, 3 set aside (unknown_app)."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column appId, platform, timestamp"),
        ("appId,platform\n", "no column timestamp"),
        ("appId,app_id,platform,timestamp\n", "two columns for appId"),
    ],
)
def test_import__refuses_a_file_of_something_else(text, message, imports):
    with pytest.raises(CommandError, match=message) as refusal:
        imports(text)
    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["/nowhere/at/all.csv"],
        ["--columns", "colour=x", "-"],
        ["--time-zone", "Mars", "-"],
    ],
)
def test_import__refuses_what_makes_no_sense(arguments):
    with pytest.raises(CommandError):
        call_command("import_shares", *arguments, stderr=io.StringIO())


def test_import__stops_in_a_broken_file(app, tmp_path):
    text = HEADER + "".join(
        line("", app.pk, "x", NOON + timedelta(seconds=n)) for n in range(9_000)
    )
    path = tmp_path / "shares.csv.gz"
    path.write_bytes(gzip.compress(text.encode())[:-2_000])
    with pytest.raises(CommandError, match="Stopped after line") as refusal:
        call_command("import_shares", str(path))
    assert refusal.value.returncode == 2
    path.write_bytes(gzip.compress(text.encode()))
    call_command("import_shares", str(path), verbosity=0)
    assert Share.objects.count() == 9_000
    assert stored_counts() == counted_by_hand()


def test_import__from_standard_input(app, monkeypatch):
    class Input:
        buffer = io.BytesIO((HEADER + line("", app.pk, "x", NOON)).encode())

    monkeypatch.setattr("sys.stdin", Input)
    call_command("import_shares", "-", verbosity=0)
    assert Share.objects.count() == 1


def test_import__goes_on_where_it_was_killed(app, monkeypatch, imports):
    monkeypatch.setattr(importing, "LINES_A_BATCH", 10)
    text = HEADER + "".join(line("", app.pk, "x", NOON + timedelta(minutes=n)) for n in range(35))
    write, calls = importing.write_by_halves, []

    def die(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return write(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "write_by_halves", die)
        with pytest.raises(KeyboardInterrupt):
            imports(text)
    assert Share.objects.count() == 20
    assert imports(text)[1] == "15 imported, 20 were there already."
    assert stored_counts() == counted_by_hand()


def test_ids__stand_beside_those_of_their_time():
    layout = share_lines.Layout.of(["appId", "platform", "timestamp"])
    reader = share_lines.LineReader(layout)
    facts = {"timestamp": datetime(2026, 3, 10, 9, tzinfo=UTC), "app_id": 1}
    first, same = reader._id_of(facts), reader._id_of(dict(facts))
    later = reader._id_of({**facts, "timestamp": NOON + timedelta(milliseconds=1)})
    assert first == same < later
    assert (first.version, first.variant) == (7, "specified in RFC 4122")


def test_import__of_stray_quotes_loses_no_other_line(app, imports):
    good = [line("", app.pk, "x", f"2026-03-10T09:{n // 60:02}:{n % 60:02}Z") for n in range(300)]
    for place in (10, 200):
        good[place] = f'"{good[place]}'
    status, out, set_aside = imports(HEADER + "".join(good))
    assert (status, out) == (1, "298 imported, 2 set aside (unreadable).")
    assert [row[0] for row in set_aside] == [good[place].rstrip("\r\n") for place in (10, 200)]
    assert [row[4] for row in set_aside] == ["12", "202"]
