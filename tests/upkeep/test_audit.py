"""Counts that were made wrong by hand are found, and put right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from django_share_analytics import models
from django_share_analytics.models import Share
from django_share_analytics.upkeep import verification
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.findings import Drift
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db

TENTH = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def shares(make_app):
    apps = [make_app(), make_app()]
    write_shares(
        [
            event(app, platform, NOON + timedelta(hours=7 * n))
            for n in range(12)
            for app in apps
            for platform in ("copy", "email")
        ]
    )
    return apps


def found(**options):
    """What is wrong in each rollup: counts, missing shares, surplus shares, orphans."""
    return {
        name: (drift.counts, drift.missing, drift.surplus, drift.orphans)
        for name, drift in audit_counts(**options).drift.items()
        if drift.found
    }


def check_repair():
    audit = audit_counts(repair=True)
    assert audit.found
    assert audit.is_exact
    assert stored_counts() == counted_by_hand()
    assert audit_counts().is_exact
    assert found() == {}


def test_audit__when_all_is_well():
    assert found() == {}
    assert audit_counts().is_exact


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AppCount", (2, 0, 2, 0)),
        ("AppPlatformCount", (4, 0, 4, 0)),
        ("AppDay", (8, 0, 8, 0)),
        ("AppPlatformDay", (16, 0, 16, 0)),
        ("SiteHour", (24, 0, 24, 0)),
    ],
)
def test_audit__finds_counts_that_are_too_high(name, expected):
    from django.db.models import F

    getattr(models, name).objects.update(n=F("n") + 1)
    assert found() == {name: expected}
    check_repair()


@pytest.mark.parametrize("name", ["AppDay", "AppPlatformDay", "SiteHour"])
def test_audit__finds_counts_that_are_missing(name):
    rows = getattr(models, name).objects
    n = rows.count()
    rows.all().delete()
    assert found() == {name: (n, 48, 0, 0)}
    check_repair()


@pytest.mark.parametrize(
    ("name", "by_day"), [("AppCount", "AppDay"), ("AppPlatformCount", "AppPlatformDay")]
)
def test_audit__finds_counts_by_day_that_belong_to_nothing(name, by_day):
    n, days = getattr(models, name).objects.count(), getattr(models, by_day).objects.count()
    getattr(models, name).objects.all().delete()
    assert found() == {name: (n, 48, 0, 0), by_day: (days, 48, 0, days)}
    check_repair()
    assert getattr(models, by_day).objects.count() == days


def test_audit__finds_counts_without_shares(make_app):
    app = models.AppCount.objects.create(app=make_app(), n=3)
    models.AppDay.objects.create(app_count=app, day=date(2031, 1, 1), n=3)
    models.SiteHour.objects.create(hour=datetime(2019, 5, 5, 1, tzinfo=UTC), platform="x", n=-2)
    assert found() == {"AppCount": (1, 0, 3, 0), "AppDay": (1, 0, 3, 0), "SiteHour": (1, 2, 0, 0)}
    check_repair()


def test_audit__finds_rows_that_nobody_counted():
    Share.objects.all()._raw_delete("default")
    assert set(found()) == set(stored_counts_names())
    check_repair()


def stored_counts_names():
    return ["AppCount", "AppPlatformCount", "AppDay", "AppPlatformDay", "SiteHour"]


def test_audit__of_some_days(shares):
    models.AppDay.objects.filter(day=TENTH).update(n=0)
    models.AppPlatformDay.objects.filter(day=date(2026, 3, 12)).update(n=7)
    assert set(found(start=TENTH, end=TENTH)) == {"AppDay"}
    assert set(found(start=date(2026, 3, 12))) == {"AppPlatformDay"}
    assert found(start=date(2026, 3, 11), end=date(2026, 3, 11)) == {}
    audit_counts(TENTH, TENTH, repair=True)
    assert set(found()) == {"AppPlatformDay"}


def test_audit__of_some_days_compares_all_counts_of_the_apps_that_differ(shares):
    models.AppDay.objects.filter(day=TENTH, app_count__app=shares[0]).update(n=0)
    models.AppCount.objects.update(n=100)
    assert found(start=TENTH, end=TENTH)["AppCount"] == (1, 0, 76, 0)


def test_audit__of_some_days_leaves_what_belongs_to_nothing():
    """It may be of any day."""
    models.AppCount.objects.all().delete()
    days = models.AppDay.objects.filter(day=TENTH).count()
    assert found(start=TENTH, end=TENTH)["AppDay"] == (days, 8, 0, 0)


def test_audit__says_how_far_it_is(monkeypatch):
    heard = []
    monkeypatch.setattr(verification, "ROWS_AT_ONCE", 1)
    audit_counts(progress=lambda done, total: heard.append((done, total)))
    (total,) = {total for done, total in heard}
    done = [done for done, total in heard]
    assert len(done) > 1
    assert done == sorted(set(done))
    assert done[-1] == total


def test_audit__the_counts_of_all_time_take_their_part_of_it():
    """They read every row again, for apps and for their platforms, when the days are done."""
    whole, some = [], []
    audit_counts(progress=lambda done, total: whole.append((done, total)))
    audit_counts(TENTH, progress=lambda done, total: some.append((done, total)))
    assert [done * 3 / total for done, total in whole] == [1, 2, 3]
    assert [done / total for done, total in some] == [1]


def test_drift__shows_some_examples():
    drift = Drift()
    for platform in ("copy", "sms"):
        drift.note({(platform, n): -1 for n in range(7)})
    assert (drift.counts, drift.surplus) == (14, 14)
    assert [key for key, n in drift.examples] == [
        *(("copy", n) for n in range(7)),
        *(("sms", n) for n in range(3)),
    ]


def test_audit__a_repair_changes_the_closed_days():
    from django_share_analytics.counts.state import closed_days_version

    before = closed_days_version()
    audit_counts(repair=True)
    assert closed_days_version() == before
    models.AppDay.objects.filter(day=TENTH).update(n=0)
    audit_counts(repair=True)
    assert closed_days_version() != before


def test_audit__costs_the_same_however_many_shares(shares, django_assert_max_num_queries):
    write_shares([event(shares[n % 2], "copy", NOON + timedelta(minutes=n)) for n in range(300)])
    with django_assert_max_num_queries(76):
        audit_counts()
