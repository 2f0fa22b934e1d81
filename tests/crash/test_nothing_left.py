"""Case 6: no room is left where shares wait."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

import pytest

from tests.crash import report, scale
from tests.crash.judge import judge, wait_for_all
from tests.crash.servers import wait_until
from tests.crash.site import BUFFERED, REDIS, dispatcher

DISK = "512k"
BLOCK_BYTES = 4_096
MEMORY_BYTES = 600_000
FILL_SECONDS = 60.0
"""How long that takes at most."""
REFUSE_SECONDS = 1.0
"""How long it stays full."""


@pytest.fixture
def small_disk(tmp_path):
    """A folder with room for some shares."""
    if os.geteuid():
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def conclude(case, site, last_load):
    verdict = judge(site)
    report.note(case, verdict)
    verdict.check()
    assert verdict.refused, "there was room for all: nothing is proven"
    assert 0 not in verdict.other_answers
    assert {share.status for share in last_load.sent} == {202}, (
        "it goes on when there is room again"
    )


def fill(site, rate, is_full):
    with site.load(rate):
        wait_until(is_full, FILL_SECONDS, "there is still room")
        time.sleep(REFUSE_SECONDS)


def send_some_more(site, rate):
    with site.load(rate) as load:
        time.sleep(1)
    wait_for_all(site)
    return load


def test_journal__full_disk_is_a_503(make_site, postgres, small_disk):
    site = make_site(dispatcher(BUFFERED, journal=str(small_disk / "journal")))
    with site.serving():
        rate = scale.LOAD_SHARE * site.maximum()
        with postgres.away():
            fill(site, rate, lambda: shutil.disk_usage(small_disk).free < BLOCK_BYTES)
        wait_for_all(site)
        last_load = send_some_more(site, rate)
    conclude("disk of the journal full", site, last_load)


def test_redis__no_memory_is_a_503(make_site, redis):
    site = make_site(dispatcher(REDIS, url=redis.url))
    with site.serving():
        with site.consuming():
            rate = scale.LOAD_SHARE * site.maximum()
            wait_for_all(site)
        limit_memory(redis.url)
        fill(site, rate, lambda: is_memory_full(redis.url))
        with site.consuming():
            wait_for_all(site)
            last_load = send_some_more(site, rate)
    conclude("Redis at maxmemory, noeviction", site, last_load)


def limit_memory(url):
    from redis import Redis

    with Redis.from_url(url) as client:
        used = client.info("memory")["used_memory"]
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", used + MEMORY_BYTES)


def is_memory_full(url):
    from redis import Redis

    with Redis.from_url(url) as client:
        memory = client.info("memory")
    return memory["used_memory"] >= memory["maxmemory"]
