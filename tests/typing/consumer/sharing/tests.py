from __future__ import annotations

from typing import assert_type

from django.test import TestCase

from catalog.models import App
from django_share_analytics import ImpressionEvent, LinkEvent, ShareEvent, track_share
from django_share_analytics.status import pipeline_status
from django_share_analytics.testing import IMMEDIATE, capture_shares, use_dispatchers


class SharingTests(TestCase):
    def test_a_share(self) -> None:
        with capture_shares() as shares:
            track_share(App.objects.get(), "copy")
        assert_type(shares[0], ShareEvent)
        assert_type(shares.link_events, list[LinkEvent])
        assert_type(shares.impressions, list[ImpressionEvent])
        self.assertEqual([share.platform for share in shares], ["copy"])

    @use_dispatchers(IMMEDIATE)
    def test_written_at_once(self) -> None:
        self.assertFalse(pipeline_status().problems)
