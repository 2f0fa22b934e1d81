"""From a database, a journal and a stream that an earlier release filled to the code of now."""

from __future__ import annotations

import json

import pytest

from tests.upgrade.conftest import EARLIER, NOW

# The tox environment of migrations runs them on PostgreSQL and MariaDB.
pytestmark = [pytest.mark.once, pytest.mark.slow]


@pytest.mark.parametrize("earlier", EARLIER)
def test_upgrade__keeps_what_was_counted_and_takes_in_what_waits(site, stream, earlier):
    before = site.does(
        earlier,
        *("migrate", "apps:3", "second:1", "second:2", "consume", "put_aside:1"),
        *("share:1:90", "second:3", "consume:", "prune:60", "delete:3"),
        *("counts", "rows", "week", "settings"),
        *("share:1", "second:2:", "die"),
        way="queues",
    )
    assert (before["counts"], before["rows"], before["week"]) == ({"1": 2, "2": 1}, 2, 2)
    after = site.does(
        NOW,
        *("migrate", "check", "verify", "counts", "rows", "week"),
        *("replay", "consume", "second:1", "consume:", "counts:", "verify:"),
        way="queues",
        SITE_SETTINGS=json.dumps(before["settings"]),
    )
    assert {name: after[name] for name in ("counts", "rows", "week")} == {
        name: before[name] for name in ("counts", "rows", "week")
    }
    assert after["verify"] == 0
    assert after["replay"] == 0, "what was set aside is stored"
    assert after["counts:"] == {"1": 5, "2": 2}
    assert after["verify:"] == 0


@pytest.mark.parametrize("earlier", EARLIER)
def test_back__keeps_what_was_counted(site, earlier):
    """To the tables of before, and to the code; and forth again."""
    site.does(NOW, "migrate", "apps:2", "share:1", "share:2", "visit", f"migrate:{earlier}")
    back = site.does(earlier, "verify", "share:1", "post:2", "counts", "week", "delete:2")
    assert (back["verify"], back["post:2"], back["counts"], back["week"]) == (
        *(0, 202, {"1": 2, "2": 2}, 4),
    )
    forth = site.does(NOW, "migrate", "verify", "share:1", "counts", "verify:")
    assert (forth["verify"], forth["counts"], forth["verify:"]) == (0, {"1": 3}, 0)
