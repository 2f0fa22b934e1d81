"""While a site is upgraded the code of two releases runs, on the tables of one of them."""

from __future__ import annotations

import pytest

from tests.upgrade.conftest import EARLIER, NOW, answers_of

# The tox environment of migrations runs them on PostgreSQL and MariaDB.
pytestmark = [pytest.mark.once, pytest.mark.slow]


@pytest.mark.parametrize("earlier", EARLIER)
def test_old_code_on_the_new_tables__takes_writes_and_reads(site, stream, earlier):
    site.does(NOW, "migrate", "apps:3", "share:1", "share:2", "share:3", "visit")
    old = site.does(
        earlier,
        *("share:1", "post:1", "second:1", "consume", "put_aside:1", "replay"),
        *("delete:3", "counts", "rows", "week", "verify", "share:2", "die"),
        way="queues",
    )
    assert (old["share:1"], old["post:1"], old["replay"]) == (True, 202, 0)
    assert (old["counts"], old["rows"], old["week"]) == ({"1": 5, "2": 1}, 6, 6)
    assert old["verify"] == 0
    new = site.does(
        NOW,
        *("consume", "counts", "rows", "week", "verify", "verify:--repair", "verify:"),
        way="queues",
    )
    assert (new["counts"], new["rows"], new["week"]) == ({"1": 5, "2": 2}, 7, 7)
    # The first knows nothing of links: what became of the shares that it deleted stays behind.
    assert new["verify"] == (1 if earlier == "0001" else 0)
    assert (new["verify:--repair"], new["verify:"]) == (0, 0)


@pytest.mark.parametrize("earlier", EARLIER)
def test_new_code_on_the_old_tables__loses_nothing_that_it_took(site, stream, earlier):
    """What it can't write waits, in memory, in a journal and in a stream, until ``migrate``."""
    site.does(earlier, "migrate", "apps:1", "share:1")
    new = site.does(NOW, "counts", "share:1", "post:1", "check")
    assert new["counts"] == {"1": 1}
    assert new["post:1"] in (202, 503)
    assert new["share:1"] == (new["post:1"] == 202), "it is written, or it is refused"
    stored = 3 if new["share:1"] else 1

    site.does(NOW, "share:1", "second:1", "die", way="queues")
    n = stored + 3
    processes = [
        site.begins(NOW, "share:1", f"till:{n}", way="memory"),
        site.begins(NOW, "consume", way="queues"),
    ]
    site.does(earlier, "share:1")
    after = site.does(NOW, "migrate", f"till:{n + 1}", "counts", "verify", "week")
    for process in processes:
        answers_of(process)
    assert (after["counts"], after["week"], after["verify"]) == ({"1": n + 1}, n + 1, 0)
