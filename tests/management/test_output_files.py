"""Where a command writes what it exports."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management.base import OutputWrapper

from django_share_analytics.management.output_files import opened
from django_share_analytics.management.stopping import Stopped

pytestmark = pytest.mark.once


def fill(descriptor: int) -> None:
    os.set_blocking(descriptor, False)
    try:
        while True:
            os.write(descriptor, b"x")
    except BlockingIOError:
        os.set_blocking(descriptor, True)


def test_opened__stopped_while_nobody_reads() -> None:
    """What is left to write to a full pipe would be waited for, and nobody reads any more."""
    ours, theirs = os.pipe()
    fill(theirs)

    def stopped_in_the_middle() -> None:
        with os.fdopen(theirs, "w") as stdout, opened("-", OutputWrapper(stdout)) as write:
            write("a part")
            raise Stopped(2)

    with ThreadPoolExecutor(1) as pool:
        try:
            with pytest.raises(Stopped) as stopped:
                pool.submit(stopped_in_the_middle).result(10)
        finally:
            os.close(ours)  # which ends a wait
    assert stopped.value.once_stopped.startswith("What was written so far is not all of it.")
