"""TIME_ZONE is changed: all counts since the watermark are made again in the new zone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from django_share_analytics import checks, models
from django_share_analytics.counts import state
from django_share_analytics.counts.retention import in_other_zone
from django_share_analytics.exceptions import ZoneChanged
from django_share_analytics.models import Share, State
from django_share_analytics.periods import hour_start, local_day
from django_share_analytics.upkeep import audit as audit_module
from django_share_analytics.upkeep import repair
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.upkeep.sides import APP_STEPS
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import NOON, counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"
ZONES = [
    "UTC",
    "Asia/Riyadh",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    NEW_YORK,
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Australia/Lord_Howe",
]
START = datetime(2025, 10, 20, tzinfo=UTC)
TENTH = date(2025, 11, 10)
EVERY_4_HOURS = list(range(0, 43_200, 240))


def change_zone(settings, name):
    settings.TIME_ZONE = name


def totals(counts):
    """What no zone changes."""
    return counts["app"], counts["app_platform"], sum(counts["site_hour"].values())


def test_zone_change__is_said_by_the_verification(app, settings):
    write_shares([event(app)])
    change_zone(settings, NEW_YORK)
    audit = audit_counts()
    assert (audit.counted_in, audit.time_zone) == ("Asia/Riyadh", NEW_YORK)
    assert not audit.is_exact


def test_zone_change__is_recounted(make_app, settings):
    apps = [make_app(), make_app()]
    write_shares(
        [
            event(apps[n % 2], ("x", "copy")[n % 3 % 2], NOON + n * timedelta(hours=5))
            for n in range(40)
        ]
    )
    before = totals(stored_counts())
    change_zone(settings, NEW_YORK)
    assert stored_counts() != counted_by_hand()
    audit = audit_counts(repair=True)
    assert audit.is_exact
    assert stored_counts() == counted_by_hand()
    assert totals(stored_counts()) == before
    assert State.objects.get().reporting_zone == NEW_YORK
    assert not State.objects.get().needs_recount
    assert audit_counts().found == 0


def test_zone_change__can_not_be_recounted_for_some_days(app, settings):
    change_zone(settings, NEW_YORK)
    with pytest.raises(ZoneChanged):
        audit_counts(start=NOON.date(), repair=True)


def test_zone_change__when_interrupted(make_app, settings, monkeypatch):
    """After each transaction once: what was begun is said, and finished by the next run."""
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 3)
    app = make_app()
    write_shares([event(app, "x", NOON + n * timedelta(hours=7)) for n in range(20)])
    zones = iter([NEW_YORK, "Asia/Kolkata", "UTC", "Asia/Tokyo"] * 3)
    for allowed in range(4):
        change_zone(settings, next(zones))
        left = [allowed]

        def die_after(*args, original=repair.Repairer._add, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return original(*args)

        with monkeypatch.context() as patch:
            patch.setattr(repair.Repairer, "_add", die_after)
            with pytest.raises(KeyboardInterrupt):
                audit_counts(repair=True)
        assert State.objects.get().needs_recount
        assert not audit_counts().is_exact
        assert [message.id for message in checks.check_zone_is_unchanged(["default"])] == [
            "share_analytics.W002"
        ]
        assert audit_counts(repair=True).is_exact
        assert stored_counts() == counted_by_hand()
        assert checks.check_zone_is_unchanged(["default"]) == []


def test_zone_change__by_somebody_else_while_counts_are_compared(app):
    write_shares([event(app)])
    change = partial(State.objects.update, reporting_zone=NEW_YORK)
    with pytest.raises(ZoneChanged):
        audit_counts(progress=lambda done, total: change())


def test_recount__that_was_interrupted_and_some_days(app):
    """They can be looked at. A repair of them would leave the other days in another zone."""
    State.objects.update(needs_recount=True)
    audit = audit_counts(TENTH, TENTH)
    assert audit.found == 0
    assert not audit.is_exact
    with pytest.raises(ZoneChanged):
        audit_counts(TENTH, TENTH, repair=True)


def test_recount__is_not_finished_by_a_repair_of_some_days(app):
    """One that somebody else began meanwhile: they have all days before them."""
    write_shares([event(app)])
    day = NOON.date()
    begin = partial(State.objects.update, needs_recount=True)
    audit = audit_counts(day, day, repair=True, progress=lambda done, total: begin())
    assert State.objects.get().needs_recount
    assert not audit.is_exact


def test_recount__is_not_finished_when_somebody_repairs_at_the_end(app, monkeypatch):
    def repaired_by_another(using, number, original=state.note_repair, **values):
        State.objects.update(repairs=number + 1)
        return original(using, number, **values)

    State.objects.update(needs_recount=True)
    monkeypatch.setattr(state, "note_repair", repaired_by_another)
    audit = audit_counts(repair=True)
    assert State.objects.get().needs_recount
    assert not audit.is_exact


def test_recount__of_one_zone_does_not_finish_that_of_another(app, monkeypatch):
    def adopted_by_another(rollup, using, original=audit_module.orphans):
        if rollup is APP_STEPS:  # the last that is looked at
            State.objects.update(reporting_zone=NEW_YORK, needs_recount=True)
        return original(rollup, using)

    State.objects.update(needs_recount=True)
    monkeypatch.setattr(audit_module, "orphans", adopted_by_another)
    audit = audit_counts(repair=True)
    assert State.objects.get().needs_recount
    assert not audit.is_exact


@pytest.mark.parametrize(
    ("was", "zone", "watermark", "expected"),
    [
        # The tables in the docstring of `rezoning`: a share of each line, the day it is counted on.
        (
            NEW_YORK,
            "Asia/Kolkata",
            datetime(2025, 11, 10, 18, 30, tzinfo=UTC),
            {(10, 4): 9, (10, 5): 10, (10, 18): 10, (10, 19): 11, (11, 5): 11, (11, 18): 11},
        ),
        (
            "Asia/Riyadh",
            NEW_YORK,
            datetime(2025, 11, 10, 5, tzinfo=UTC),
            {(9, 20): 9, (9, 21): 9, (10, 4): 9, (10, 5): 10, (10, 20): 10, (10, 21): 10},
        ),
    ],
)
def test_rezoning__as_its_tables_say(
    was, zone, watermark, expected, make_app, settings, monkeypatch
):
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 1)
    settings.TIME_ZONE = was
    State.objects.update(reporting_zone=was)
    apps = [make_app(), make_app()]
    times = [datetime(2025, 11, day, hour, tzinfo=UTC) for day, hour in expected]
    write_shares([event(app, "x", at) for app in apps for at in times])
    prune(TENTH)
    settings.TIME_ZONE = zone
    assert audit_counts(repair=True).is_exact
    assert State.objects.get().retained_from == watermark
    days = [date(2025, 11, day) for day in expected.values()]
    assert stored_counts()["app_day"] == Counter((app.pk, day) for app in apps for day in days)
    assert audit_counts().found == 0


def by_hand(events, watermark, was, zone):
    """Each count: before the watermark in the zone ``was``, and since in ``zone``."""
    counts = {"app_platform_day": Counter(), "app_day": Counter(), "site_hour": Counter()}
    for one in events:
        at, where = one.timestamp, was if one.timestamp < watermark else zone
        day = local_day(at, where)
        counts["app_platform_day"][one.app_id, one.platform, day] += 1
        counts["app_day"][one.app_id, day] += 1
        counts["site_hour"][one.platform, hour_start(at, where)] += 1
    return {name: dict(count) for name, count in counts.items()}


@pytest.mark.slow
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 60 * 24 * 30), max_size=60),
    was=st.sampled_from(ZONES),
    zone=st.sampled_from(ZONES),
    third=st.sampled_from(ZONES),
    is_pruned=st.booleans(),
)
@example(
    minutes=EVERY_4_HOURS, was="Pacific/Kiritimati", zone="Etc/GMT+12", third="UTC", is_pruned=True
)
@example(
    minutes=EVERY_4_HOURS, was="Etc/GMT+12", zone="Pacific/Kiritimati", third="UTC", is_pruned=True
)
@example(minutes=EVERY_4_HOURS, was="Asia/Riyadh", zone=NEW_YORK, third=NEW_YORK, is_pruned=True)
@example(
    minutes=EVERY_4_HOURS,
    was="Pacific/Kiritimati",
    zone="Etc/GMT+12",
    third="Etc/GMT+12",
    is_pruned=True,
)
@example(
    minutes=EVERY_4_HOURS, was=NEW_YORK, zone="Asia/Kolkata", third="Asia/Kolkata", is_pruned=True
)
@example(
    minutes=EVERY_4_HOURS, was="Asia/Riyadh", zone=NEW_YORK, third="Asia/Riyadh", is_pruned=True
)
@example(
    minutes=EVERY_4_HOURS, was=NEW_YORK, zone="Asia/Kathmandu", third="Asia/Kolkata", is_pruned=True
)
def test_zone_change__after_a_prune(minutes, was, zone, third, is_pruned, make_app, settings):
    """Days before the watermark stay as they are, and everything since is in the new zone."""
    settings.TIME_ZONE = was
    State.objects.update(reporting_zone=was, retained_from=None, needs_recount=False)
    Share.objects.all()._raw_delete("default")
    for model in (models.AppDay, models.AppPlatformDay, models.SiteHour, models.AppCount):
        model.objects.all().delete()
    models.AppPlatformCount.objects.all().delete()
    apps = [make_app(), make_app()]
    events = [
        event(apps[n % 2], ("x", "copy")[n % 3 % 2], START + timedelta(minutes=minute))
        for n, minute in enumerate(minutes)
    ]
    write_shares(events)
    watermark = datetime(1970, 1, 1, tzinfo=UTC)
    if is_pruned:
        prune(TENTH)
        watermark = State.objects.get().retained_from
    before = totals(stored_counts())
    for name in (zone, third):
        settings.TIME_ZONE = name
        audit = audit_counts(repair=True)
        assert audit.is_exact
        assert audit_counts().found == 0
    counts = stored_counts()
    assert totals(counts) == before
    if is_pruned and was != zone and zone == third:
        expected = by_hand(events, watermark, ZoneInfo(was), ZoneInfo(zone))
        assert {name: counts[name] for name in expected} == expected
    if not is_pruned:
        assert counts == counted_by_hand()


@pytest.mark.parametrize("was", ZONES)
@pytest.mark.parametrize("zone", ZONES)
def test_in_other_zone__starts_a_day_of_which_nothing_is_counted_before(was, zone):
    old, new = ZoneInfo(was), ZoneInfo(zone)
    watermark = datetime(2025, 11, 10, tzinfo=old).astimezone(UTC)
    moved = in_other_zone(watermark, old, new)
    assert watermark <= moved <= watermark + timedelta(hours=50)
    assert moved.astimezone(new).time() == datetime.min.time()
    assert local_day(moved - timedelta(microseconds=1), new) < local_day(moved, new)
    assert local_day(watermark - timedelta(microseconds=1), old) < local_day(moved, new)
    assert moved == watermark or was != zone


@pytest.mark.django_db(transaction=True)
def test_zone_change__while_others_write(make_app, settings, monkeypatch):
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 7)
    apps = [make_app() for _ in range(3)]
    write_shares([event(apps[n % 3], "x", NOON + n * timedelta(hours=5)) for n in range(90)])
    change_zone(settings, NEW_YORK)
    errors, stop = [], threading.Event()

    def write(seed):
        n = 0
        try:
            while not stop.is_set():
                n += 1
                at = NOON + timedelta(hours=(n * 11 + seed) % 450)
                write_shares([event(apps[(n + seed) % 3], ("x", "copy")[n % 2], at)])
                time.sleep(0.005)  # SQLite has no queue: without a gap, the third may never get in
                if n % 9 == 0:
                    Share.objects.filter(pk=Share.objects.for_app(apps[seed]).first().pk).delete()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[seed]) for seed in range(2)]
    for thread in threads:
        thread.start()
    try:
        audit = audit_counts(repair=True)
        while_writing = audit_counts()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert audit.is_exact
    assert while_writing.found == 0
    assert stored_counts() == counted_by_hand()


def test_w002__when_the_zone_was_changed(settings):
    assert checks.check_zone_is_unchanged(["default"]) == []
    change_zone(settings, NEW_YORK)
    (message,) = checks.check_zone_is_unchanged(["default"])
    assert message.id == "share_analytics.W002"
    assert "Asia/Riyadh" in message.msg
    assert "verify_share_counts --repair" in message.hint
    with pytest.raises(ZoneChanged):
        prune(TENTH)
