"""A site's history from a CSV file: all of it, once, and what can't be imported set aside."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
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
        ("", "\udcff", "x", "2026-03-10T09:00:00Z", "it is not in UTF-8"),
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


REFUSALS = {
    "a column that nobody here knows": (
        {
            **dict.fromkeys(
                ["sqlite", "postgresql"],
                "ALTER TABLE {t} ADD COLUMN coming integer "
                "CONSTRAINT is_given CHECK (coming IS NOT NULL)",
            ),
            "mysql": "ALTER TABLE {t} ADD COLUMN coming integer NOT NULL",
        },
        dict.fromkeys(["sqlite", "postgresql", "mysql"], "ALTER TABLE {t} DROP COLUMN coming"),
    ),
    "a trigger": (
        {
            "sqlite": "CREATE TRIGGER never BEFORE INSERT ON {t} "
            "BEGIN SELECT RAISE(ABORT, 'not now'); END",
            "mysql": "CREATE TRIGGER never BEFORE INSERT ON {t} FOR EACH ROW "
            "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'",
            "postgresql": "CREATE FUNCTION never() RETURNS trigger AS $$ BEGIN "
            "RAISE EXCEPTION 'not now' USING ERRCODE = 'check_violation'; END $$ "
            "LANGUAGE plpgsql; CREATE TRIGGER never BEFORE INSERT ON {t} "
            "FOR EACH ROW EXECUTE FUNCTION never()",
        },
        {
            "sqlite": "DROP TRIGGER never",
            "mysql": "DROP TRIGGER never",
            "postgresql": "DROP FUNCTION never CASCADE",
        },
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("n", [1, 10])
def test_import__into_a_table_that_refuses_every_insert(app, unknown_key, imports, why, n):
    """Whatever lines there are beside: none of them is at fault."""
    begin, end = (sql[connection.vendor] for sql in REFUSALS[why])
    text = HEADER + "".join(line("", app.pk, "x", NOON + timedelta(minutes=m)) for m in range(n))
    text += line("", unknown_key, "x", NOON)

    def execute(sql):
        with connection.cursor() as cursor:
            cursor.execute(sql.format(t=connection.ops.quote_name(Share._meta.db_table)))

    execute(begin)
    try:
        for _ in range(2):
            with pytest.raises(CommandError, match="Import the same file again") as raised:
                imports(text)
            assert raised.value.returncode == 2
        assert (Share.objects.count(), SetAside.objects.count()) == (0, 0)
        assert not OutcomeHour.objects.exists()
    finally:
        execute(end)
    assert imports(text)[1] == f"{n} imported, 1 set aside (unknown_app)."


SESSIONS = {
    "windows-1256": ("\u0634\u0637".encode("cp1256"), "\u0642\u0645".encode("cp1256")),
    "latin-1": ("é".encode("latin-1"), "è".encode("latin-1")),
    "utf-16 in between": ("a".encode("utf-16-le"), "b".encode("utf-16-be")),
    "a character that is cut off": ("\u0634".encode()[:1], "\U0001f600".encode()[:3]),
    "half characters": (b"\xed\xa0\x80", b"\xed\xb0\x80"),
    "too long a form": (b"\xc0\xaf", b"\xe0\x80\xaf"),
    "NUL": (b"a\x00", b"a\x00\x00"),
}


@pytest.mark.parametrize("kind", SESSIONS)
@pytest.mark.parametrize("name", ["shares.csv", "shares.csv.gz"])
def test_import__of_lines_that_are_not_utf_8(app, imports, kind, name):
    """Each is refused, as it is, and no two of them become one; their neighbours are imported."""
    start = line(app.pk, "x", "2026-03-10T09:00Z").strip().encode()
    bad = [start + b"," + session + b"\r\n" for session in SESSIONS[kind]]
    good = [start + f",{session}\r\n".encode() for session in ("\u0634", "\U0001f600", "\ufffd")]
    content = b"appId,platform,timestamp,sessionId\n" + b"".join([*bad, *good])
    status, out, set_aside = imports(content, name=name)
    assert (status, out) == (1, "3 imported, 2 set aside (unreadable).")
    assert {row[-1] for row in set_aside} == (
        {"it has NUL characters, as of UTF-16"} if kind in ("NUL", "utf-16 in between")
        else {"it is not in UTF-8"}
    )  # fmt: skip
    assert [row[3].encode("utf-8", "surrogateescape") for row in set_aside] == list(SESSIONS[kind])
    sessions = set(Share.objects.values_list("session_id", flat=True))
    assert sessions == {"\u0634", "\U0001f600", "\ufffd"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_import__of_a_file_in_another_encoding(imports, encoding):
    with pytest.raises(CommandError, match=r"iconv -f WINDOWS-1256|no column") as refusal:
        imports((HEADER + line("", 1, "x", NOON)).encode(encoding))
    assert refusal.value.returncode == 2
    assert str(refusal.value).isprintable()


def test_import__of_a_character_on_the_edge_of_what_is_read_at_once(app, imports):
    """Files are read in pieces of 8,192 bytes, and compressed ones in others."""
    at = "2026-03-10T09:00Z"
    for size in range(8_170, 8_200):
        before = "a" * (
            size - len(f"appId,platform,timestamp,userAgent,sessionId\n{app.pk},x,{at},")
        )
        text = (
            f"appId,platform,timestamp,userAgent,sessionId\n{app.pk},x,{at},{before},\U0001f600\n"
        )
        assert imports(text)[0] == 0
    assert set(Share.objects.values_list("session_id", flat=True)) == {"\U0001f600"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(texts=st.sets(st.binary(max_size=40), min_size=2, max_size=6))
def test_import__makes_no_two_lines_one(texts, app, imports):
    """Whatever bytes they differ in, each is imported by itself, or refused by itself."""
    Share.objects.all().delete()
    quoted = [b'"' + text.replace(b'"', b'""') + b'"' for text in texts]
    start = line(app.pk, "x", "2026-03-10T09:00Z").strip().encode()
    content = b"appId,platform,timestamp,sessionId\n" + b"".join(
        start + b"," + text + b"\n" for text in quoted if b"\n" not in text and b"\r" not in text
    )
    lines = content.count(b"\n") - 1
    _, out, set_aside = imports(content)
    assert Share.objects.count() + len(set_aside) == lines, out
    assert "there already" not in out


def test_import__tells_lines_by_the_whole_of_their_texts(app, imports):
    """Also by what is cut off when it is stored, and by nothing from the word for it."""
    header = "appId,platform,timestamp,sessionId,userAgent,referrerUrl\n"
    texts = [
        ("s" * 100 + "1", "", ""), ("s" * 100 + "2", "", ""), ("", "a" * 500 + "1", ""),
        ("", "a" * 500 + "2", ""), ("", "", "r" * 501), ("", "", "r" * 500), ("", "", ""),
        ("", "", "None"), ("None", "", ""),
    ]  # fmt: skip
    lines = "".join(line(app.pk, "x", "2026-03-10T09:00Z", *each) for each in texts)
    assert imports(header + lines)[1] == f"{len(texts)} imported."
    assert imports(header + lines)[1] == f"0 imported, {len(texts)} were there already."


def test_import__refuses_a_line_of_which_it_would_read_a_part(app, imports):
    header = "appId,platform,timestamp,userAgent\n"
    lines = [line(app.pk, "x", "2026-03-10T09:00Z", "a" * 100_000 + end) for end in "12"]
    good = line(app.pk, "x", "2026-03-10T09:00Z", "a")
    status, out, set_aside = imports(header + "".join(lines) + good)
    assert (status, out) == (1, "1 imported, 2 set aside (unreadable).")
    assert {row[-1] for row in set_aside} == {"it has more than 100,000 characters"}


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
    with pytest.raises(CommandError, match="The lines up to") as refusal:
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
