"""What projects find in their own tests."""

from __future__ import annotations

import pytest

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.steps import CLICK, VISIT
from django_share_analytics.testing import capture_shares
from tests.factories import event, link_event

pytestmark = pytest.mark.once


def test_capture_shares__has_what_was_seen_on_links_apart(unknown_key):
    share, other = event(unknown_key), event(unknown_key)
    click, visit = link_event(share, CLICK), link_event(share, VISIT)
    with capture_shares() as shares:
        for given in (share, click, other, visit):
            dispatchers.submit(given)
        captured = dispatchers["default"].events
    assert [one.id for one in shares] == [share.id, other.id]
    assert [one.id for one in shares.link_events] == [click.id, visit.id]
    assert [one.id for one in captured] == [share.id, click.id, other.id, visit.id]
