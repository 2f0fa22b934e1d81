from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, transaction

from django_share_analytics.models import LinkStep, WaitingStep
from django_share_analytics.places import NOWHERE
from django_share_analytics.writing import tending, waiting
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, link_event, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def first_round():
    tending.rounds.forget()
    yield
    tending.rounds.forget()


def test_what_waited_for_an_hour__is_of_an_unknown_share(app):
    write_shares([link_event(event(app), "click") for _ in range(3)])
    tending.tend(NOWHERE, "default")
    assert (WaitingStep.objects.count(), outcomes()) == (3, {})
    WaitingStep.objects.all()[:1].get()
    old = WaitingStep.objects.values_list("pk", flat=True)[:2]
    WaitingStep.objects.filter(pk__in=list(old)).update(
        since=waiting.utc_now() - waiting.MAX_WAIT - timedelta(seconds=1)
    )
    tending.rounds.forget()
    tending.tend(NOWHERE, "default")
    assert (WaitingStep.objects.count(), outcomes()) == (1, {"unknown_share": 2})


def test_what_waits_beside_its_share__is_taken_up(app):
    """Share and step were written at the same moment, and neither transaction saw the other's."""
    share = event(app)
    write_shares([share])
    waiting.hold([link_event(share, "click", NOON)], "default")
    tending.tend(NOWHERE, "default")
    assert (LinkStep.objects.count(), WaitingStep.objects.count()) == (1, 0)


def test_once_a_minute__and_never_in_a_hosts_transaction(app, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(0):
        tending.tend(NOWHERE, "default")
    tending.tend(NOWHERE, "default")
    with django_assert_num_queries(0):
        tending.tend(NOWHERE, "default")


def test_a_failure__is_said_and_breaks_nothing(caplog, monkeypatch):
    def away(using):
        raise OperationalError("away")

    monkeypatch.setattr(waiting, "forget_old", away)
    tending.tend(NOWHERE, "default")
    assert "was not looked after" in caplog.text
