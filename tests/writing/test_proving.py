from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_share_analytics.events import new_id
from django_share_analytics.session_proofs import SessionProof
from django_share_analytics.tracking import make_event
from django_share_analytics.writing.proving import with_proven_users

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
        proven = with_proven_users(shares, "default")
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"].upper()]
    assert len(asked) == 1
    assert [share.user_id for share in proven] == [user.pk for user in users for _ in "12"]
    assert {share.user_proof for share in proven} == {""}


def test_a_batch_without_sessions_asks_nothing(app, admin_user, django_assert_num_queries):
    shares = [make_event(app.pk, "copy", user_id=admin_user.pk), make_event(app.pk, "copy")]
    with django_assert_num_queries(0):
        assert with_proven_users(shares, "default") == shares
