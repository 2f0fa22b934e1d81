"""The row that says what is true of the counts as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import transaction

from django_share_analytics.counts import state
from django_share_analytics.models import Share, State
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable


NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # 12:00 in Riyadh


@pytest.fixture(autouse=True)
def _at_noon(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "utc_now", lambda: NOW)


def changes(work: Callable[[], object]) -> bool:
    before = state.closed_days_version()
    work()
    return state.closed_days_version() != before


def test_remember__made_by_migrate() -> None:
    assert State.objects.get().reporting_zone == "Asia/Riyadh"
    assert state.closed_days_version() is not None


@pytest.mark.django_db(transaction=True)
def test_remember__made_again_after_a_flush() -> None:
    State.objects.all().delete()
    call_command("flush", interactive=False, verbosity=0)
    assert State.objects.get().reporting_zone == "Asia/Riyadh"


def test_closed_days_version__a_share_of_today_changes_nothing(app: Any) -> None:
    assert not changes(lambda: write_shares([event(app, at=NOW)]))


def test_closed_days_version__a_late_share_does(app: Any) -> None:
    assert changes(lambda: write_shares([event(app, at=NOW), event(app, at=NOW - timedelta(1))]))


def test_closed_days_version__close_to_midnight_every_share_does(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another machine's clock may be past midnight already, and have closed the day.
    soon = datetime(2026, 3, 10, 20, 57, tzinfo=UTC)
    monkeypatch.setattr(state, "utc_now", lambda: soon)
    assert changes(lambda: write_shares([event(app, at=soon)]))


@pytest.mark.django_db(transaction=True)
def test_closed_days_version__a_transaction_that_outlasts_its_day_does(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have kept the day without this share, before it was committed."""

    def write_until_tomorrow() -> None:
        with transaction.atomic():
            write_shares([event(app, at=NOW)])
            monkeypatch.setattr(state, "utc_now", lambda: NOW + timedelta(hours=13))

    assert changes(write_until_tomorrow)


def test_closed_days_version__a_repair_does() -> None:
    assert changes(lambda: state.note_repair("default", 0))
    assert not changes(lambda: state.note_repair("default", 0))  # somebody else made it


def test_closed_days_version__shares_and_apps_that_go_do(app: Any, make_app: Any) -> None:
    other = make_app()
    write_shares([event(app, at=NOW), event(app, at=NOW - timedelta(9)), event(other, at=NOW)])
    assert changes(lambda: Share.objects.filter(app=app).delete())
    assert changes(app.delete)
    assert not changes(lambda: Share.objects.filter(app=other).delete())


def test_closed_days_version__a_duplicate_changes_nothing(app: Any) -> None:
    old = event(app, at=NOW - timedelta(1))
    write_shares([old])
    assert not changes(lambda: write_shares([old]))


def test_closed_days_changed__makes_a_row_that_is_missing() -> None:
    State.objects.all().delete()
    assert state.closed_days_version() is None
    state.closed_days_changed("default")
    assert state.closed_days_version() is not None


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/localtime", "", "/etc/localtime"])
def test_stored_zone__that_this_machine_does_not_know(name: str) -> None:
    assert str(state.stored_zone(name)) == "Asia/Riyadh"


def test_stored_zone__that_it_knows() -> None:
    assert str(state.stored_zone("Asia/Kathmandu")) == "Asia/Kathmandu"
