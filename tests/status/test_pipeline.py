"""What ``pipeline_status()`` knows, what it finds bad, and what the commands make of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from django_share_analytics import outcomes
from django_share_analytics.conf import reporting_zone
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import new_id, utc_now
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import SetAside, Share
from django_share_analytics.periods import hour_start
from django_share_analytics.status import health, pipeline
from django_share_analytics.status.health import Level, Limits, Thresholds, duration
from django_share_analytics.status.pipeline import pipeline_status
from django_share_analytics.testing import MemoryDispatcher, use_dispatchers
from django_share_analytics.writing import batches, set_aside
from tests.factories import event

pytestmark = pytest.mark.django_db

OPERATING_PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
NEVER = Limits()


class Reporting(MemoryDispatcher):
    """Says of itself whatever a test wants."""

    answer = DispatcherStatus(is_shared=True)

    def status(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def reporting():
    """``reporting(DispatcherStatus(…))`` or ``reporting(an_error)``: as the default dispatcher."""
    with use_dispatchers({"default": {"BACKEND": "tests.status.test_pipeline.Reporting"}}):

        def say(answer=None, **values):
            values.setdefault("is_shared", True)
            dispatchers["default"].answer = answer or DispatcherStatus(**values)

        yield say


def codes(found):
    return [(problem.level.name, problem.code) for problem in found.problems]


def minutes_ago(n):
    return utc_now() - timedelta(minutes=n)


# What it knows ------------------------------------------------------------------------------------


def test_status__of_a_site_where_nothing_happened():
    found = pipeline_status()
    assert (found.level, found.problems) == (Level.OK, [])
    assert [(one.alias, one.backend) for one in found.dispatchers] == [
        ("default", "ImmediateDispatcher")
    ]
    assert found.dispatchers[0].is_durable is True
    records = found.records
    assert (records.recorded, records.not_recorded, records.last_recorded) == (0, {}, None)
    assert (records.set_aside, records.oldest_set_aside) == (0, None)


def test_status__counts_what_was_recorded_and_what_was_not(app, unknown_key):
    now = utc_now()
    known = event(app, at=now)
    batches.write_batch([known, event(app, at=now), event(app, at=now - timedelta(hours=22))])
    batches.write_batch([known, known, event(unknown_key, at=now)])
    records = pipeline_status().records
    assert records.recorded == 3
    assert records.not_recorded == {"duplicate": 2, "unknown_app": 1}
    assert list(records.not_recorded) == ["duplicate", "unknown_app"]
    assert records.last_recorded == now


def test_status__looks_back_on_24_hours_of_the_clock(app):
    this_hour = hour_start(utc_now(), reporting_zone())
    first = this_hour - timedelta(hours=23)
    batches.write_batch([event(app, at=first), event(app, at=first - timedelta(microseconds=1))])
    records = pipeline_status().records
    assert (records.since, records.recorded) == (first, 1)


def test_status__knows_what_is_set_aside():
    set_aside.set_payload_aside("one")
    set_aside.set_payload_aside("another")
    records = pipeline_status().records
    assert records.set_aside == 2
    assert records.oldest_set_aside == min(SetAside.objects.values_list("set_aside_at", flat=True))


def test_status__asks_as_many_queries_for_much_as_for_little(app, django_assert_num_queries):
    with django_assert_num_queries(5):  # with SAVEPOINT and RELEASE
        pipeline_status()
    batches.write_batch([event(app, platform, at=utc_now()) for platform in ("copy", "x", "sms")])
    for number in range(5):
        set_aside.set_payload_aside(str(number), f"reason {number}")
    with django_assert_num_queries(5):
        pipeline_status()


def test_status__of_the_newest_share_reads_an_index(app):
    batches.write_batch([event(app, at=minutes_ago(n)) for n in range(300)])
    if connection.vendor != "sqlite":
        pytest.skip("the planner of a small table says nothing about a big one")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT MAX(timestamp) FROM {Share._meta.db_table}")
        assert "share_timestamp" in str(cursor.fetchall())


# What it finds bad --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, []),
        ({"waiting": None}, []),
        ({"waiting": 9_999, "oldest": 0}, []),
        ({"waiting": 10_000, "oldest": 0}, [("WARNING", "waiting")]),
        ({"waiting": 100_000, "oldest": 0}, [("CRITICAL", "waiting")]),
        ({"waiting": 1, "oldest": 0.9}, []),
        ({"waiting": 1, "oldest": 1}, [("WARNING", "age")]),
        ({"waiting": 1, "oldest": 10}, [("CRITICAL", "age")]),
        ({"waiting": 1, "oldest": -5}, []),  # a clock that is ahead
        ({"last_error": "OperationalError: no route"}, [("WARNING", "error")]),
        ({"bad_files": 2, "bad_files_at": "/journal/*.bad"}, [("WARNING", "bad_files")]),
        (
            {"waiting": 20_000, "oldest": 11, "last_error": "no route"},
            [("CRITICAL", "age"), ("WARNING", "error"), ("WARNING", "waiting")],
        ),
    ],
    ids=str,
)
def test_problems__of_a_dispatcher(answer, expected, reporting):
    if "oldest" in answer:
        answer = {**answer, "oldest": minutes_ago(answer["oldest"])}
    reporting(**answer)
    found = pipeline_status()
    assert codes(found) == expected
    assert all(problem.dispatcher == "default" for problem in found.problems)
    assert found.level == max((Level[level] for level, _ in expected), default=Level.OK)


class BrokerIsAway(Reporting):
    def submit(self, event):
        raise DispatcherUnavailable("no route", broker_is_away=True)


def test_problems__when_a_broker_is_left_alone(app):
    with use_dispatchers({"default": {"BACKEND": "tests.status.test_pipeline.BrokerIsAway"}}):
        with pytest.raises(DispatcherUnavailable):
            dispatchers.submit(event(app))
        found = pipeline_status()
    assert codes(found) == [("WARNING", "left_alone")]
    assert found.problems[0].message.endswith("asked again soon: no route")


def test_problems__when_a_dispatcher_fails(reporting):
    reporting(ConnectionError("no route to redis"))
    found = pipeline_status()
    assert codes(found) == [("CRITICAL", "dispatcher")]
    assert "ConnectionError: no route to redis" in found.problems[0].message
    assert found.dispatchers[0].status is None
    assert found.records is not None


@pytest.mark.parametrize(
    ("alias", "level"), [("default", Level.CRITICAL), ("fallback", Level.WARNING)]
)
def test_problems__when_a_dispatcher_can_not_be_made(alias, level):
    entries = {"default": {"BACKEND": "tests.status.test_pipeline.Reporting"}}
    with use_dispatchers({**entries, alias: {"BACKEND": "nowhere.Dispatcher"}}):
        found = pipeline_status()
    assert found.level == level
    assert "could not import 'nowhere.Dispatcher'" in found.problems[0].message


def test_problems__when_the_database_can_not_be_read(monkeypatch):
    def away(now):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(pipeline, "read_records", away)
    found = pipeline_status()
    assert codes(found) == [("CRITICAL", "database")]
    assert "could not connect" in found.problems[0].message
    assert found.records is None
    assert len(found.dispatchers) == 1


def test_problems__of_the_database_leave_a_transaction_alone(monkeypatch):
    class Nowhere:
        def aggregate(self, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM there_is_no_such_table")

    monkeypatch.setattr(SetAside, "objects", Nowhere())
    assert pipeline_status().records is None
    assert Share.objects.count() == 0


def test_problems__when_shares_are_set_aside_or_lost():
    set_aside.set_payload_aside("one")
    batches.record_outcomes({("lost_at_exit", utc_now()): 3})
    assert codes(pipeline_status()) == [("WARNING", "lost"), ("WARNING", "set_aside")]
    batches.record_outcomes({("set_aside_full", utc_now()): 4})
    found = pipeline_status()
    assert codes(found) == [("CRITICAL", "lost"), ("WARNING", "set_aside")]
    assert [problem.message for problem in found.problems] == [
        "7 shares were lost in the last 24 hours.",
        "1 share is set aside.",
    ]


def test_problems__when_nothing_is_recorded_any_more(app):
    batches.write_batch([event(app, at=minutes_ago(30))])
    assert pipeline_status().level == Level.OK
    found = pipeline_status(Thresholds(silence=Limits(600, 3_600)))
    assert codes(found) == [("WARNING", "silence")]
    assert found.problems[0].message == "No share was recorded for 30 minutes."


@pytest.mark.parametrize(
    ("limits", "value", "level"),
    [
        (Limits(), 10**9, Level.OK),
        (Limits(5), 4.9, Level.OK),
        (Limits(5), 5, Level.WARNING),
        (Limits(5, 10), 10, Level.CRITICAL),
        (Limits(None, 10), 9, Level.OK),
        (Limits(0), 0, Level.WARNING),
    ],
)
def test_limits(limits, value, level):
    assert limits.level(value) == level


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"), (1.9, "1 second"), (59.9, "59 seconds"), (60, "1 minute"),
        (7_300, "2 hours"), (200_000, "2 days"),
    ],
)  # fmt: skip
def test_duration(seconds, words):
    assert duration(seconds) == words


# share_analytics_status ---------------------------------------------------------------------------


def run(capsys, *arguments):
    """The exit status and what was said."""
    try:
        call_command("share_analytics_status", *arguments, no_color=True)
    except SystemExit as end:
        return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_command__when_all_is_well(app, capsys):
    batches.write_batch([event(app, at=utc_now()) for _ in range(1_234)])
    code, text = run(capsys)
    assert code == 0
    assert text.splitlines()[0] == "OK: shares are recorded as they come"
    assert re.search(r"^default +ImmediateDispatcher +yes +0 +- ", text, re.MULTILINE)
    assert re.search(r"^  recorded +1,234$", text, re.MULTILINE)
    assert re.search(r"^Newest share recorded: .* \(\d+ seconds? ago\)$", text, re.MULTILINE)
    assert "Set aside: none" in text


def test_command__says_what_is_wrong_in_its_first_line(reporting, capsys):
    set_aside.set_payload_aside("one")
    reporting(waiting=3, oldest=minutes_ago(12), last_error="ConnectionError: no route")
    code, text = run(capsys)
    assert code == 2
    assert text.splitlines()[0] == (
        "CRITICAL: In the dispatcher “default” a share has been waiting for 12 minutes; The "
        "dispatcher “default” had an error: ConnectionError: no route; 1 share is set aside"
    )
    assert re.search(r"^default +Reporting +no +3 +12 minutes +- +Connection", text, re.MULTILINE)
    assert "Set aside: 1, the oldest" in text


def test_command__does_not_claim_to_see_other_processes(capsys, reporting):
    reporting(waiting=0, is_shared=False)
    code, text = run(capsys)
    assert code == 0
    assert re.search(r"^default +Reporting +no +\* ", text, re.MULTILINE)
    assert "can't be seen from here" in text
    (dispatcher,) = json.loads(run(capsys, "--json")[1])["dispatchers"]
    assert (dispatcher["shared"], dispatcher["waiting"]) == (False, None)


def test_command__takes_thresholds(reporting, capsys):
    reporting(waiting=500, oldest=minutes_ago(2))
    assert run(capsys)[0] == 1
    assert run(capsys, "--age-warning=never")[0] == 0
    assert run(capsys, "--age-critical=100")[0] == 2
    assert run(capsys, "--age-warning=200", "--waiting-critical=500")[0] == 2
    set_aside.set_payload_aside("one")
    assert run(capsys, "--age-warning=200", "--set-aside-warning=2")[0] == 0
    batches.record_outcomes({("set_aside_full", utc_now()): 4})
    assert run(capsys)[0] == 2
    assert run(capsys, "--set-aside-full-critical=5")[0] == 1


def test_command__when_a_dispatcher_fails(reporting, capsys):
    reporting(ConnectionError("no route"))
    code, text = run(capsys)
    assert code == 2
    assert re.search(
        r"^default +Reporting +\? +\? .*ConnectionError: no route$", text, re.MULTILINE
    )
    code, text = run(capsys, "--json")
    (dispatcher,) = json.loads(text)["dispatchers"]
    assert (code, dispatcher["lastError"]) == (2, "ConnectionError: no route")


def test_command__when_the_database_is_away(monkeypatch, capsys):
    def away(now):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(pipeline, "read_records", away)
    code, text = run(capsys)
    assert code == 2
    assert text.startswith("CRITICAL: The database can't be read: OperationalError: could not")
    assert json.loads(run(capsys, "--json")[1])["records"] is None


def test_command__when_the_settings_are_wrong(settings):
    settings.SHARE_ANALYTICS = {"DISPATCHERS": []}
    with pytest.raises(CommandError, match="DISPATCHERS") as raised:
        call_command("share_analytics_status")
    assert raised.value.returncode == 2


def test_command__as_json(app, capsys, reporting):
    now = utc_now()
    batches.write_batch([event(app, at=now), event(app, session_id=None, at=now)])
    reporting(waiting=3, oldest=minutes_ago(2), last_write=now)
    code, text = run(capsys, "--json")
    answer = json.loads(text)
    seconds = answer["dispatchers"][0].pop("oldestSeconds")
    assert code == 1
    assert 119 < seconds < 130
    assert answer == {
        "level": "warning",
        "checkedAt": answer["checkedAt"],
        "problems": [
            {
                "level": "warning",
                "code": "age",
                "message": "In the dispatcher “default” a share has been waiting for 2 minutes.",
                "dispatcher": "default",
            },
            {
                "level": "warning",
                "code": "set_aside",
                "message": "1 share is set aside.",
                "dispatcher": None,
            },
        ],
        "dispatchers": [
            {
                "alias": "default",
                "backend": "Reporting",
                "durable": False,
                "shared": True,
                "waiting": 3,
                "lastWrite": now.isoformat(),
                "lastError": None,
                "badFiles": 0,
            }
        ],
        "records": {
            "since": (hour_start(now, reporting_zone()) - timedelta(hours=23)).isoformat(),
            "recorded": 1,
            "notRecorded": {"refused_by_database": 1},
            "lastRecorded": now.isoformat(),
            "setAside": 1,
            "oldestSetAside": SetAside.objects.get().set_aside_at.isoformat(),
        },
    }


def test_command__says_where_what_can_not_be_read_is_kept(tmp_path, capsys):
    buffered = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
    (tmp_path / "17-00000000000000aa-00000001.bad").write_text("no share\n")
    entry = {"BACKEND": buffered, "OPTIONS": {"journal": str(tmp_path)}}
    with use_dispatchers({"default": entry}):
        code, text = run(capsys)
    assert code == 1
    assert text.startswith("WARNING: The dispatcher “default” kept 1 file ")
    assert text.splitlines()[0].endswith(str(tmp_path / "*.bad"))


# set_aside_shares ---------------------------------------------------------------------------------


def test_set_aside_shares__lists_and_changes_nothing(app, capsys):
    set_aside.set_payload_aside(b"torn \xff", error=ValueError("not a share"))
    call_command("set_aside_shares")
    lines = capsys.readouterr().out.splitlines()
    row = SetAside.objects.get()
    assert lines[0].startswith(f"{row.id}  ")
    assert lines[0].endswith("  unreadable  ValueError: not a share")
    assert lines[1:] == ["1 set aside."]
    call_command("set_aside_shares", "--payload")
    assert r"    torn \udcff" in capsys.readouterr().out.splitlines()


def test_set_aside_shares__replays_what_can_be_stored(app, capsys):
    for _ in range(3):
        set_aside.set_event_aside(event(app), "refused_by_database")
    call_command("set_aside_shares", "--replay")
    assert capsys.readouterr().out == "3 recorded\n"
    assert (Share.objects.count(), SetAside.objects.count()) == (3, 0)


def test_set_aside_shares__says_what_stays(app, capsys):
    set_aside.set_event_aside(event(app), "refused_by_database")
    set_aside.set_payload_aside("no share")
    with pytest.raises(CommandError, match="1 stay set aside"):
        call_command("set_aside_shares", "--replay")
    assert capsys.readouterr().out == "1 recorded, 1 not to be read\n"


def test_set_aside_shares__of_some(app, capsys):
    shares = [event(app) for _ in range(3)]
    for share in shares:
        set_aside.set_event_aside(share, "refused_by_database")
    set_aside.set_payload_aside("no share")
    call_command("set_aside_shares", "--discard", f"--id={shares[0].id}", f"--id={shares[1].id}")
    assert capsys.readouterr().out == "2 discarded.\n"
    call_command("set_aside_shares", "--discard", "--reason=unreadable")
    assert SetAside.objects.get().id == shares[2].id


def test_set_aside_shares__when_there_is_none_with_an_id(app):
    set_aside.set_event_aside(event(app), "refused_by_database")
    with pytest.raises(CommandError, match="Not set aside: "):
        call_command("set_aside_shares", "--discard", f"--id={new_id()}")
    assert SetAside.objects.count() == 1


def test_set_aside_shares__does_one_thing_at_a_time():
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("set_aside_shares", "--discard", "--replay")


# The documentation --------------------------------------------------------------------------------


def test_every_reason_and_problem__is_in_the_documentation():
    page = OPERATING_PAGE.read_text()
    reasons = {
        value for name, value in vars(outcomes).items() if name.isupper() and type(value) is str
    }
    source = Path(health.__file__).read_text()
    problems = set(re.findall(r'Problem\(\w[\w.]*, "(\w+)"', source))
    assert len(problems) == 10
    assert [word for word in sorted(reasons | problems) if f"| `{word}` |" not in page] == []
