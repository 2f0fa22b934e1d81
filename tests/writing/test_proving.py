from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_share_analytics.codec import encode
from django_share_analytics.events import new_id
from django_share_analytics.session_proofs import SessionProof
from django_share_analytics.tracking import make_event
from django_share_analytics.writing.payloads import write_payloads
from django_share_analytics.writing.proving import of_nobody
from django_share_analytics.writing.writer import write_shares

pytestmark = pytest.mark.django_db


def test_a_batch_asks_for_all_users_at_once(app, django_user_model):
    users = [django_user_model.objects.create_user(f"user {n}") for n in range(5)]
    backend = "django.contrib.auth.backends.ModelBackend"
    shares = [
        make_event(app.pk, "copy", id=share_id, user_id=user.pk, user_proof=proof.of(share_id))
        for user in users
        for share_id in [new_id(), new_id()]
        for proof in [SessionProof(backend, user.get_session_auth_hash())]
    ]
    with CaptureQueriesContext(connection) as queries:
        nobodys = of_nobody(shares, "default")
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"].upper()]
    assert len(asked) == 1
    assert nobodys == set()


def test_a_batch_without_sessions_asks_nothing(app, admin_user, django_assert_num_queries):
    shares = [make_event(app.pk, "copy", user_id=admin_user.pk), make_event(app.pk, "copy")]
    with django_assert_num_queries(0):
        assert of_nobody(shares, "default") == set()


def test_a_share_of_an_unknown_app__comes_back_as_it_was(app, unknown_key, admin_user):
    """Whoever brought it tries it again, and knows it by what it is."""
    proof = SessionProof("django.contrib.auth.backends.ModelBackend", "")
    events = [
        make_event(key, "copy", id=share_id, user_id=admin_user.pk, user_proof=proof.of(share_id))
        for key in (unknown_key, app.pk, unknown_key)
        for share_id in [new_id()]
    ]
    assert write_payloads([encode(event).decode() for event in events]).unknown == [0, 2]
    result = write_shares(events)
    assert [event.user_id for event in result.duplicates] == [None]
    assert result.unknown_app[0] is events[0]
