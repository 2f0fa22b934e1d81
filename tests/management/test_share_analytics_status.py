"""The command says what is wrong, to people and to programs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import utc_now
from django_share_analytics.models import SetAside
from django_share_analytics.periods import hour_start
from django_share_analytics.status import pipeline
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.writing import batches, set_aside
from tests.factories import event
from tests.status.reporting import minutes_ago

pytestmark = pytest.mark.django_db


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
        "limits": {"scope": "process", "cache": None, "knowsClients": False},
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


@pytest.mark.parametrize(
    ("values", "said", "scope"),
    [
        ({"TRUSTED_PROXIES": 0}, "each process by itself, so that N workers", "process"),
        ({"TRUSTED_PROXIES": 0, "LIMITS": {}}, "off", "off"),
        ({"TRUSTED_PROXIES": 0, "LIMITS_CACHE": "files"}, "in the cache 'files'", "shared"),
        ({"TRUSTED_PROXIES": 0, "LIMITS_CACHE": "default"}, "each process by itself", "process"),
        ({}, "none for who comes by a proxy", "process"),
    ],
)
def test_command__says_who_limits_clients(values, said, scope, settings, tmp_path, capsys):
    files = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    settings.CACHES = {**settings.CACHES, "files": files}
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}
    line = re.search(r"^Limits: (.*)$", run(capsys)[1], re.MULTILINE)
    assert said in line[1]
    limits = json.loads(run(capsys, "--json")[1])["limits"]
    assert limits["scope"] == scope
    assert limits["knowsClients"] is ("TRUSTED_PROXIES" in values)
    assert limits["cache"] == ("files" if scope == "shared" else None)
