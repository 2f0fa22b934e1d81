from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
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


PROOF = SessionProof("django.contrib.auth.backends.ModelBackend", "")


def shared_by(user, app, proof=PROOF):
    share_id = new_id()
    return make_event(app.pk, "copy", id=share_id, user_id=user.pk, user_proof=proof.of(share_id))


def test_when_the_users_are_away__the_batch_waits(app, admin_user, monkeypatch):
    """Nobody is made nobody of a lock that took too long."""

    def away(*args, **kwargs):
        raise OperationalError("lock timeout")

    monkeypatch.setattr(type(admin_user)._default_manager, "using", away)
    with pytest.raises(OperationalError):
        write_shares([shared_by(admin_user, app)])


class Choosy:
    def get_user(self, key):
        if key % 2:
            raise ValueError(key)
        return get_user_model().objects.get(pk=key)


def test_a_backend_that_fails__fails_for_one_user_alone(app, django_user_model, settings):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Choosy"]
    users = [django_user_model.objects.create_user(f"user {n}") for n in range(4)]
    shares = [
        shared_by(user, app, SessionProof(f"{__name__}.Choosy", user.get_session_auth_hash()))
        for user in users
    ]
    recorded = write_shares(shares).recorded
    assert [share.user_id for share in recorded] == [
        None if user.pk % 2 else user.pk for user in users
    ]


def test_a_proof_is_of_its_own_event(app, admin_user):
    """The same id came twice, the second time by a session that has ended."""
    backend = "django.contrib.auth.backends.ModelBackend"
    good = shared_by(admin_user, app, SessionProof(backend, admin_user.get_session_auth_hash()))
    ended = replace(good, user_proof=PROOF.of(good.id))
    (recorded,) = write_shares([good, ended]).recorded
    assert recorded.user_id == admin_user.pk
