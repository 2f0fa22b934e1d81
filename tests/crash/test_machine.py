"""What the suite knows of the machine it runs on."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil

from tests.crash import machine

BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_process_that_has_ended__is_left_out(monkeypatch):
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        ended = psutil.Process(child.pid)  # as if it ended after it was listed
    assert machine.with_descendants(child.pid) == []
    monkeypatch.setattr(machine, "with_descendants", lambda pid: [psutil.Process(pid), ended])
    assert machine.cpu_seconds(os.getpid()) > 0


def test_process_that_has_ended__was_ours():
    before = machine.cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", BURN], check=True)
    assert machine.cpu_seconds(os.getpid()) - before > 0.25  # it is told in ticks
