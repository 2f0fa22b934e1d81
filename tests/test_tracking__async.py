"""Shares that are tracked, and counts that are shown, by coroutines of the host."""

from __future__ import annotations

import asyncio

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import engines
from django.test import Client, RequestFactory

from django_share_analytics import atrack_share, track_share
from django_share_analytics.models import Share
from django_share_analytics.testing import IMMEDIATE, capture_shares, use_dispatchers
from tests.loops import RUNNERS, by_django

transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lazily():
    """Makes ``request.user`` of a user who is logged in, not yet read."""

    def make(user):
        request = RequestFactory().get("/")
        client = Client()
        if user is not None:
            client.force_login(user)
        request.session = client.session
        AuthenticationMiddleware(lambda request: None).process_request(request)
        return request.user

    return make


@transactional
@RUNNERS
@pytest.mark.parametrize("is_asynchronous", [False, True])
def test_who_shared__is_read_lazily(run, is_asynchronous, app, django_user_model, lazily):
    user = django_user_model.objects.create(username="reader")
    lazy, anonymous = lazily(user), lazily(None)

    async def view():
        for somebody in (lazy, anonymous, user, AnonymousUser(), None, user.pk):
            if is_asynchronous:
                assert (await atrack_share(app, "x", user=somebody)).accepted
            else:
                assert track_share(app, "x", user=somebody).accepted

    with capture_shares() as shares:
        run(view)
    assert [share.user_id for share in shares] == [user.pk, None, user.pk, None, None, user.pk]


@transactional
@RUNNERS
def test_immediate__writes(run, app, django_user_model, lazily):
    lazy = lazily(django_user_model.objects.create(username="reader"))

    async def view():
        assert track_share(app, "x", user=lazy).accepted
        assert (await atrack_share(app, "x", user=lazy)).accepted
        await asyncio.create_task(in_a_task())

    async def in_a_task():
        assert track_share(app, "x").accepted

    with use_dispatchers(IMMEDIATE):
        run(view)
    assert Share.objects.count() == 3
    assert Share.objects.filter(user=lazy.pk).count() == 2


@pytest.mark.django_db
def test_immediate__writes_in_the_tests_own_transaction(app):
    assert connection.in_atomic_block

    async def view():
        assert track_share(app, "x").accepted

    with use_dispatchers(IMMEDIATE):
        by_django(view)
    assert Share.objects.count() == 1


@transactional
@RUNNERS
def test_count__is_shown(run, app):
    with use_dispatchers(IMMEDIATE):
        track_share(app, "x")
    page = engines["django"].from_string("{% load share_analytics %}{% share_count app %}")

    async def view():
        return page.render({"app": app})

    assert ">1</span>" in run(view)
