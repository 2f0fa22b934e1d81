"""What ends with its process, and begins anew in each that it forks."""

from __future__ import annotations

import atexit
import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def follow_process(end: Callable[[], object], begin_anew: Callable[[], object]) -> None:
    """Have ``end`` called when the process ends, and ``begin_anew`` in each fork of it.

    Once for the same two, however often it is called: neither can be undone.
    """
    atexit.register(end)
    if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
        os.register_at_fork(after_in_child=begin_anew)
