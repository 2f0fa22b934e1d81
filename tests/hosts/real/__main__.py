"""``python -m tests.hosts.real [pytest's arguments]``: the tests of every project, two at once.

A package that is missing is a failure: no project starts without what it is made of. With
``HOSTS="wagtail oscar"`` in the environment only those run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REAL = Path(__file__).parent
ROOT = REAL.parents[2]
NO_TESTS = 5
"""What pytest ends with when nothing is chosen: by ``-k``, say."""
WARNINGS = "filterwarnings=default\nerror:::django_share_analytics.*\nerror:::tests.*"
"""Those of other packages are their authors' to mend."""


def hosts() -> list[str]:
    found = sorted(path.parent.name for path in REAL.glob("*/settings.py"))
    return os.environ.get("HOSTS", "").split() or found


def run(host: str, arguments: list[str]) -> bool:
    """Whether the tests of this project pass."""
    start = time.monotonic()
    settings = f"tests.hosts.real.{host}.settings"
    command = [sys.executable, "-m", "pytest", "-q", "-o", WARNINGS, "--ds", settings, str(REAL)]
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.monotonic() - start
    print(f"\n=== {host} ({seconds:.0f} s)\n{done.stdout}", flush=True)
    return done.returncode == 0 or (done.returncode == NO_TESTS and bool(arguments))


def main() -> int:
    names, arguments = hosts(), sys.argv[1:]
    with ThreadPoolExecutor(2) as pool:
        passed = dict(zip(names, pool.map(lambda host: run(host, arguments), names), strict=True))
    print("\n=== all projects")
    for host, fine in passed.items():
        print(f"{'passed' if fine else 'failed':8}{host}")
    return not all(passed.values())


if __name__ == "__main__":
    sys.exit(main())
