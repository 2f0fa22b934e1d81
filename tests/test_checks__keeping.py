"""Who says how long things are kept hears when they are kept for longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from django_share_analytics import checks
from django_share_analytics.checks import check_personal_data_days, check_shares_days
from django_share_analytics.events import utc_now
from django_share_analytics.upkeep import blank_shares, prune_shares
from django_share_analytics.writing.writer import write_shares
from tests.upkeep.test_blanking import personal

pytestmark = pytest.mark.django_db

ALIASES = ["default"]


@pytest.fixture
def say(settings):
    def say_how_long(**days):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **days}

    return say_how_long


def share_of(app, days):
    write_shares([personal(app, utc_now() - timedelta(days=days))])


def ids(check):
    return [message.id for message in check(databases=ALIASES)]


@pytest.mark.parametrize(("age", "found"), [(1, 0), (91, 0), (96, 0), (98, 1)])
def test_w039__a_week_after_the_default(age, found, app):
    share_of(app, age)
    assert ids(check_personal_data_days) == ["share_analytics.W039"] * found
    assert ids(check_shares_days) == []


def test_w039__not_after_they_were_blanked(app):
    share_of(app, 400)
    share_of(app, 3)
    blank_shares(300)
    assert ids(check_personal_data_days) == []
    share_of(app, 200)
    assert ids(check_personal_data_days) == ["share_analytics.W039"]
    blank_shares()
    assert ids(check_personal_data_days) == []


def test_w039__where_a_run_was_killed(app):
    for age in (400, 300):
        share_of(app, age)

    def die(seen):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blank_shares(batch_size=1, progress=die)
    assert ids(check_personal_data_days) == ["share_analytics.W039"]


def test_w039__who_keeps_all(app, say):
    share_of(app, 400)
    say(PERSONAL_DATA_DAYS=None)
    assert ids(check_personal_data_days) == []


@pytest.mark.parametrize(("age", "found"), [(30, 0), (36, 0), (38, 1)])
def test_w040__a_week_after_what_is_set(age, found, app, say):
    say(SHARES_DAYS=30)
    share_of(app, age)
    assert ids(check_shares_days) == ["share_analytics.W040"] * found
    prune_shares()
    assert ids(check_shares_days) == []


@pytest.mark.parametrize("check", [check_personal_data_days, check_shares_days])
def test_keeping__without_databases_settings_or_tables(check, app, say, monkeypatch):
    share_of(app, 400)
    say(SHARES_DAYS=30)
    assert check() == check(databases=[]) == []
    assert len(check(databases=ALIASES)) == 1

    def away(*args, **kwargs):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(connection.introspection, "table_names", away)
        assert check(databases=ALIASES) == []
    say(SHARES_DAYS="many")
    assert check(databases=ALIASES) == []


def test_keeping__is_registered():
    assert {check_personal_data_days, check_shares_days} <= set(checks.OF_DATABASES)
