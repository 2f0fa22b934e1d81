"""``python -m tests [pytest's arguments]``: the suite on every database that is there.

What starts servers, and starts and kills processes, is left to ``make test-processes``, and what
takes long to ``make test-slow``. The tests that depend neither on the database nor on the type of
key (``@pytest.mark.once``) run in the first suite only; so do those in a browser, but in CI, where
the last suite is whole, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests import databases, services

# Each database and each type of key.
SUITES = (
    ("sqlite", "uuid"),
    ("postgres", "int"),
    ("mariadb", "str"),
)

SEEN_TWICE = ("admin", "attack", "dispatch")
"""Folders of which two databases see all in the everyday run, and the third one in CI."""


def run(database: str, app_key: str, arguments: list[str]) -> str:
    """One suite: ``passed``, ``failed`` or ``skipped``."""
    if reason := databases.why_not(database):
        print(reason, flush=True)
        return "failed" if services.are_required() else "skipped"
    marks = "not processes and not slow"
    if (database, app_key) != SUITES[0]:
        marks += " and not once"
        if not arguments and not os.environ.get("CI"):
            # A click in a browser ends in each database the same way, and CI sees it in all three.
            left_out = ["browser"] if database == "postgres" else ["browser", *SEEN_TWICE]
            arguments = [f"--ignore=tests/{folder}" for folder in left_out]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--maxprocesses=4"]
    command += ["--dist=worksteal", "-m", marks]
    environment = {**os.environ, "TEST_DATABASE": database, "TEST_APP_KEY": app_key}
    # Each worker and each process of a test would compile everything again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [*command, *arguments],
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(f"\n=== {database}, {app_key} keys\n{done.stdout}", flush=True)
    return "failed" if done.returncode else "passed"


def run_timed(suite: tuple[str, str]) -> str:
    """One suite, in a line."""
    start = time.monotonic()
    outcome = run(*suite, sys.argv[1:])
    return f"{outcome:8}{', '.join(suite)} keys ({time.monotonic() - start:.0f} s)"


def main() -> int:
    # The first suite waits for browsers and processes much of the time: the others use that.
    with ThreadPoolExecutor(2) as pool:
        summary = list(pool.map(run_timed, SUITES))
    print("\n=== all suites", *summary, sep="\n")
    return any(line.startswith("failed") for line in summary)


if __name__ == "__main__":
    sys.exit(main())
