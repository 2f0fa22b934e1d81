"""Look-ups of texts that a database has no characters for, inside of a host's transaction."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from django_share_analytics.models import Share
from django_share_analytics.sql.lookups import can_be_asked, first_of
from django_share_analytics.writing.batches import write_batch
from tests.factories import event
from tests.writing.test_charsets import SMILE, app, poor

pytestmark = pytest.mark.django_db(transaction=True)

assert app, poor  # fixtures


@pytest.mark.parametrize("poor", ["utf8mb3", "latin1"], indirect=True)
def test_look_ups__leave_the_hosts_transaction_as_it_is(poor, app):
    write_batch([event(app)])
    with transaction.atomic():
        nothing = Share.objects.filter(session_id=SMILE)
        assert first_of(nothing) is None
        assert not can_be_asked(nothing)
        assert first_of(Share.objects.filter(session_id="")) == Share.objects.get()
        assert can_be_asked(Share.objects.filter(session_id="nobody's"))


def test_look_ups__hide_no_other_error():
    broken = Share.objects.extra(where=["no_such_column = 1"])
    for ask in (first_of, can_be_asked):
        with pytest.raises(DatabaseError):
            ask(broken)
