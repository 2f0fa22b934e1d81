"""What is personal in old shares goes, rows and counts stay, and nothing of it comes in again."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from django_share_analytics.counts import retention
from django_share_analytics.events import BLANK
from django_share_analytics.models import SetAside, Share, State
from django_share_analytics.upkeep import NoAge, TooRecent, ages, blank_shares
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.blanking import SOMETHING_PERSONAL, blank
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.replay import replay
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, stored_counts

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 14)
CUT = datetime(2026, 3, 13, 21, tzinfo=UTC)  # midnight in Riyadh
PERSONAL = {
    "session_id": "session",
    "user_agent": "Mozilla/5.0",
    "referrer_url": "https://example.com/",
    "visitor": 7,
}


def personal(app, at=NOON, **values):
    return event(app, "x", at, **{**PERSONAL, **values})


@pytest.fixture(autouse=True)
def shares(make_app):
    """Every 7 hours from noon of the 10th on; 12 of each app before the cut."""
    user = get_user_model().objects.create(username="u")
    apps = [make_app(), make_app()]
    write_shares(
        [personal(app, NOON + n * timedelta(hours=7), user_id=user.pk)
         for n in range(24) for app in apps]
    )  # fmt: skip
    return apps


def what_is_left():
    return Share.objects.filter(SOMETHING_PERSONAL)


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("blank_shares", *arguments, stdout=out)
    return out.getvalue()


def test_blank__empties_what_is_personal_and_keeps_rows_and_counts():
    before = stored_counts()
    assert blank(DAY) == 24
    old = Share.objects.filter(timestamp__lt=CUT)
    assert [row for row in old.values(*BLANK) if row != BLANK] == []
    assert old.count() == 24
    assert what_is_left().count() == 24
    assert stored_counts() == before
    assert State.objects.get().blanked_until == State.objects.get().blanked_to == CUT
    assert audit_counts().is_exact


@pytest.mark.parametrize("field", BLANK)
def test_blank__of_a_share_with_one_thing_personal(field, shares):
    values = {"user_id": get_user_model().objects.get().pk, **PERSONAL}
    one = event(shares[0], "x", NOON, **{field: values[field]})
    write_shares([one])
    assert blank(DAY) == 25
    assert Share.objects.filter(pk=one.id).values(*BLANK).get() == BLANK


def test_blank__in_batches():
    heard = []
    assert blank(DAY, batch_size=10, progress=heard.append) == 24
    assert heard == [10, 20, 24]


def test_blank__where_more_shares_than_a_batch_have_one_time(shares):
    write_shares([personal(shares[0]) for _ in range(9)])
    assert blank(DAY, batch_size=3) == 33


def test_blank__goes_on_where_the_last_one_ended():
    assert blank(date(2026, 3, 12)) == 12
    heard = []
    assert blank(DAY, progress=heard.append) == 12
    assert heard == [12], "looked at shares that are blank"
    assert blank(DAY, progress=heard.append) == 0
    assert heard == [12]


def test_blank__goes_on_where_it_was_killed():
    def die(n):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blank(DAY, batch_size=5, progress=die)
    assert what_is_left().count() == 43
    assert what_is_left().earliest("timestamp").timestamp == NOON + timedelta(hours=14)
    assert State.objects.get().blanked_until == CUT
    heard = []
    assert blank(DAY, batch_size=5, progress=heard.append) == 19
    assert heard[-1] == 20, "began anew"
    assert not what_is_left().filter(timestamp__lt=CUT).exists()


def test_blank__never_takes_the_marks_back():
    blank(DAY)
    assert blank(date(2026, 3, 12)) == 0
    assert State.objects.get().blanked_until == State.objects.get().blanked_to == CUT


def test_blank__leaves_the_last_days():
    with pytest.raises(TooRecent):
        blank(ages.day_before(6))
    blank(ages.day_before(7))


def test_late_share__is_stored_blank_and_counted(shares):
    late = personal(shares[0], CUT - timedelta(microseconds=1))
    at_midnight = personal(shares[0], CUT)
    blank(DAY)
    result = write_shares([late, at_midnight])
    assert [one.session_id for one in result.recorded] == ["", "session"]
    assert Share.objects.filter(pk=late.id).values(*BLANK).get() == BLANK
    assert Share.objects.get(pk=at_midnight.id).user_agent == "Mozilla/5.0"
    assert write_shares([late]).recorded == []
    assert audit_counts().is_exact


def test_late_share__of_a_run_that_was_killed(shares):
    State.objects.update(blanked_until=CUT)
    late = personal(shares[0])
    write_shares([late])
    assert Share.objects.filter(pk=late.id).values(*BLANK).get() == BLANK


def test_late_share__takes_no_more_queries(shares):
    one, other, third = (personal(shares[0], NOON + timedelta(minutes=n)) for n in range(3))
    write_shares([one])
    with CaptureQueriesContext(connection) as before:
        write_shares([other])
    blank(DAY)
    with CaptureQueriesContext(connection) as after:
        write_shares([third])
    assert len(after) == len(before)


def in_a_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def skip_where_nothing_can_come_between():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can come between")


@pytest.mark.django_db(transaction=True)
def test_blank__a_writer_that_saw_the_old_mark_starts_again(shares, monkeypatch):
    skip_where_nothing_can_come_between()
    late, look, calls = personal(shares[0]), retention.look, []

    def look_then_blank(timestamps, using):
        found = look(timestamps, using)
        calls.append(1)
        if len(calls) == 1:
            in_a_thread(lambda: blank(DAY)).join(20)
        return found

    monkeypatch.setattr(retention, "look", look_then_blank)
    write_shares([late])
    assert len(calls) == 2
    assert Share.objects.filter(pk=late.id).values(*BLANK).get() == BLANK
    assert audit_counts().is_exact


@pytest.mark.django_db(transaction=True)
def test_blank__waits_for_the_writer_that_stores_older_shares(shares):
    skip_where_nothing_can_come_between()
    late = personal(shares[0])
    with transaction.atomic():
        write_shares([late])
        thread = in_a_thread(lambda: blank(DAY))
        thread.join(1)
        assert thread.is_alive()
    thread.join(20)
    assert Share.objects.filter(pk=late.id).values(*BLANK).get() == BLANK
    assert not what_is_left().filter(timestamp__lt=CUT).exists()


@pytest.mark.django_db(transaction=True)
def test_blank__while_others_write_old_shares_delete_and_blank(shares):
    late = [personal(shares[n % 2], NOON + n * timedelta(hours=1)) for n in range(90)]
    errors, stop = [], threading.Event()

    def write(part):
        try:
            for n, one in enumerate(part):
                write_shares([one])
                if n % 10 == 9:
                    Share.objects.filter(pk=one.id).delete()
                time.sleep(0.002)
        except Exception as error:
            errors.append(error)
        finally:
            stop.set()

    threads = [in_a_thread(lambda part=late[n::2]: write(part)) for n in range(2)]
    blanking = in_a_thread(lambda: [blank(date(2026, 3, n), batch_size=4) for n in (11, 13)])
    for day in (11, 12, 13, 14):
        blank(date(2026, 3, day), batch_size=3)
        stop.wait(0.1)
    for thread in (*threads, blanking):
        thread.join(60)
    assert errors == []
    assert not what_is_left().filter(timestamp__lt=CUT).exists()
    assert State.objects.get().blanked_to == CUT
    assert audit_counts().is_exact


def test_blank_shares__says_what_it_did():
    assert command("--older-than", "2026-03-14", "--dry-run") == (
        "24 shares from before 2026-03-14 would be emptied.\n"
    )
    assert what_is_left().count() == 48
    out = command("--older-than", "2026-03-14", "--batch-size", "7")
    assert out == "24 shares from before 2026-03-14 emptied. Rows and counts stay.\n"
    assert command("--older-than", "2026-03-14", "--dry-run").startswith("0 shares")


@pytest.fixture
def on_the_12th_of_june(monkeypatch):
    monkeypatch.setattr(ages, "utc_now", lambda: datetime(2026, 6, 12, 10, tzinfo=UTC))


@pytest.mark.usefixtures("on_the_12th_of_june")
def test_blank_shares__as_old_as_the_setting_says(settings):
    assert blank_shares().before == DAY
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PERSONAL_DATA_DAYS": 60}
    assert "from before 2026-04-13 emptied" in command()


def test_blank_shares__when_nobody_says_how_old(settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PERSONAL_DATA_DAYS": None}
    with pytest.raises(NoAge, match="PERSONAL_DATA_DAYS"):
        blank_shares()
    with pytest.raises(CommandError, match=r'"PERSONAL_DATA_DAYS"\] is None: say how old'):
        command()
    assert what_is_left().count() == 48


@pytest.mark.parametrize("age", ["6d", "0", "soon", "2026-13-01", "-5d", "2999-01-01"])
def test_blank_shares__refuses(age):
    with pytest.raises(CommandError):
        command(f"--older-than={age}")
    assert what_is_left().count() == 48


def test_late_share__that_was_set_aside_and_is_replayed(shares):
    late = personal(shares[0])
    set_aside.set_event_aside(late, "refused_by_database")
    blank(DAY)
    assert replay(SetAside.objects.all()).recorded == 1
    assert Share.objects.filter(pk=late.id).values(*BLANK).get() == BLANK


def test_late_share__of_an_imported_history(shares, tmp_path):
    path = tmp_path / "shares.csv"
    times = NOON + timedelta(minutes=1), CUT
    lines = [f'"{shares[0].pk}",x,{at.isoformat()},s,Firefox' for at in times]
    path.write_text("\n".join(["appId,platform,timestamp,sessionId,userAgent", *lines]))
    blank(DAY)
    call_command("import_shares", str(path), verbosity=0)
    imported = Share.objects.filter(timestamp__in=times).order_by("timestamp")
    assert [share.user_agent for share in imported if share.session_id != "session"] == [
        "",
        "Firefox",
    ]


@pytest.mark.django_db(transaction=True)
def test_blank__waits_with_no_share_locked(shares):
    """Whoever has the row of the state may go on to change shares: two would wait in a circle."""
    skip_where_nothing_can_come_between()
    has_begun, may_go_on = threading.Event(), threading.Event()

    def wait(seen):
        has_begun.set()
        may_go_on.wait(20)

    thread = in_a_thread(lambda: blank(DAY, batch_size=5, progress=wait))
    assert has_begun.wait(20)
    with transaction.atomic():
        write_shares([personal(shares[0])])  # which keeps the row until the commit
        may_go_on.set()
        thread.join(1.5)  # longer than PostgreSQL takes to look for a circle
        assert thread.is_alive()
        get_user_model().objects.all().delete()
    thread.join(20)
    assert not thread.is_alive()
    assert not what_is_left().filter(timestamp__lt=CUT).exists()
