"""``python -m tests.crash.forks consume_shares|celery``: a consumer for each line of its input.

Each is a fork, there in no time; to start fifty of them anew would take most of a case's time. The
line is its name, which PostgreSQL shows as ``application_name`` of its connections. It leads a
process group of its own, whose id is printed.
"""

from __future__ import annotations

import os
import signal
import sys

import django


def run_command() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "consume_shares", "--skip-checks", "--verbosity=0"])


def run_celery() -> None:
    from tests.crash.celery_app import app

    # Workers of one name would keep each other from starting.
    name = f"--hostname={os.environ['PGAPPNAME']}@{os.environ['CRASH_CELERY_QUEUE']}"
    quickly = ("--without-mingle", "--without-gossip")
    app.worker_main(["worker", "--concurrency=1", "--loglevel=WARNING", *quickly, name])


def main() -> None:
    django.setup()
    run = {"consume_shares": run_command, "celery": run_celery}[sys.argv[1]]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgrp()
            os.dup2(2, 1)  # whoever reads our output expects process ids
            os.environ["PGAPPNAME"] = line.strip()
            run()
            return
        print(pid, flush=True)


if __name__ == "__main__":
    main()
