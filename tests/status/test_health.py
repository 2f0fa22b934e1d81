"""What of it is bad, and how bad."""

from __future__ import annotations

import pytest

from django_share_analytics.status.health import Level, Limits, duration
from django_share_analytics.status.pipeline import pipeline_status
from tests.status.reporting import codes, minutes_ago

pytestmark = pytest.mark.django_db


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
        ({"readers": 1}, []),
        ({"readers": None, "waiting": 5}, []),
        ({"readers": 0}, [("WARNING", "no_reader")]),
        ({"readers": 0, "waiting": 5}, [("CRITICAL", "no_reader")]),
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
