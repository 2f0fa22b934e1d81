"""What a queue delivers: shares, shares of apps that are not there yet, and no shares at all."""

from __future__ import annotations

import pytest

from django_share_analytics.codec import encode
from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing.payloads import Unwritten, write_payloads
from tests.factories import event, outcomes

pytestmark = pytest.mark.django_db


def payload(app, **values):
    return encode(event(app, **values)).decode()


def test_write_payloads__of_every_kind(app, unknown_key):
    given = [payload(unknown_key), "no share", payload(app), None, payload(unknown_key)]
    assert write_payloads(given, count_unknown=False).unknown == [0, 4]
    assert (Share.objects.count(), SetAside.objects.count()) == (1, 2)
    assert outcomes() == {"unreadable": 2}


def test_write_payloads__counts_unknown_apps_unless_told(unknown_key):
    assert write_payloads([payload(unknown_key), payload(unknown_key)]).unknown == [0, 1]
    assert outcomes() == {"unknown_app": 2}


def test_write_payloads__of_none_that_can_be_read():
    assert write_payloads(["no share"]) == Unwritten()
    assert write_payloads([]) == Unwritten()
