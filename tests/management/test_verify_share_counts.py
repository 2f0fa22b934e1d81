"""``verify_share_counts``: what it says, and with which exit status."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from django_share_analytics import models
from django_share_analytics.upkeep import audit
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, link_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shares(make_app):
    app = make_app()
    write_shares([event(app, platform) for platform in ("copy", "email", "x")])
    return app


def verify(*arguments: str) -> tuple[int, str]:
    """Exit status and output."""
    out, status = StringIO(), 0
    try:
        call_command("verify_share_counts", *arguments, stdout=out)
    except SystemExit as stop:
        status = int(stop.code or 0)
    return status, out.getvalue()


def test_verify__when_all_is_well():
    assert verify() == (0, "All days, in Asia/Riyadh.\nNo drift.\n")


def test_verify__drift_and_repair(shares):
    models.AppDay.objects.update(n=5)
    status, out = verify()
    assert status == 1
    assert out.splitlines() == [
        "All days, in Asia/Riyadh.",
        "  AppDay: 1 counts wrong, 0 shares missing, 2 too many",
        f"    {shares.pk}, 2026-03-10: -2",
        "DRIFT: 1 counts are wrong. Repair them with: manage.py verify_share_counts --repair",
    ]
    status, out = verify("--repair")
    assert status == 0
    assert out.endswith("1 counts repaired: no drift now.\n")
    assert verify()[0] == 0


def test_verify__after_a_prune():
    prune(date(2026, 3, 10))
    assert verify()[1].splitlines()[1:] == [
        "Days before 2026-03-10 have been pruned: their counts have no rows.",
        "No drift.",
    ]


def test_verify__of_some_days():
    models.AppDay.objects.update(n=5)
    assert verify("--from", "2026-03-11")[0] == 0
    assert verify("--to", "2026-03-09")[0] == 0
    assert verify("--from", "2026-03-10", "--to", "2026-03-10")[0] == 1


def test_verify__as_json(shares):
    models.SiteHour.objects.filter(platform="x").update(n=-3)
    status, out = verify("--json", "--from", "2026-03-01")
    answer = json.loads(out)
    assert status == 1
    assert (answer["exact"], answer["found"], answer["repaired"]) == (False, 1, 0)
    assert (answer["from"], answer["to"], answer["timeZone"]) == ("2026-03-01", None, "Asia/Riyadh")
    assert answer["counts"]["AppCount"]["wrong"] == 0
    assert answer["counts"]["SiteHour"] == {
        "wrong": 1,
        "missing": 4,
        "surplus": 0,
        "orphans": 0,
        "repaired": 0,
        "examples": [{"key": ["2026-03-10 09:00:00+00:00", "x"], "add": 4}],
    }


def test_verify__when_the_time_zone_was_changed(settings):
    settings.TIME_ZONE = "America/New_York"
    status, out = verify()
    assert status == 1
    assert "The counts are of Asia/Riyadh, and TIME_ZONE is America/New_York." in out
    assert "--repair" in out
    assert verify("--repair")[0] == 0
    assert verify()[0] == 0


@pytest.mark.parametrize("arguments", [["--from", "2026-03-12", "--to", "2026-03-10"]])
def test_verify__refuses_what_makes_no_sense(arguments):
    with pytest.raises(CommandError) as refusal:
        verify(*arguments)
    assert refusal.value.returncode == 2


def test_verify__trouble_is_not_drift(settings, monkeypatch):
    def away(using):
        raise OperationalError("the database is away")

    settings.TIME_ZONE = "America/New_York"
    with pytest.raises(CommandError) as refusal:
        verify("--repair", "--from", "2026-03-10")
    assert refusal.value.returncode == 2
    monkeypatch.setattr(audit.state, "read", away)
    with pytest.raises(CommandError) as refusal:
        verify()
    assert refusal.value.returncode == 2


def test_verify__steps_and_their_rows(shares):
    share = event(shares)
    write_shares([share, link_event(share, "click"), link_event(share, "visit")])
    models.SiteStepDay.objects.filter(kind="click").update(n=3)
    models.LinkStep.objects.filter(kind="visit").delete()
    orphan = event(shares).id
    models.LinkStep.objects.create(id=orphan, share_id=orphan, kind="click", timestamp=NOON)
    status, out = verify()
    assert status == 1
    assert [line for line in out.splitlines() if line.startswith("  ") and line[2] != " "] == [
        "  SiteStepDay: 2 counts wrong, 0 steps missing, 3 too many",
        "  AppStepDay: 1 counts wrong, 0 steps missing, 1 too many",
        "  LinkStep: 0 rows missing, 1 too many",
    ]
    assert "    and 1 that belong to nothing" in out
    assert verify("--repair")[0] == 0
    assert verify() == (0, "All days, in Asia/Riyadh.\nNo drift.\n")
