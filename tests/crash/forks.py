"""``python -m tests.crash.forks``: a process for each line of its input, started in no time.

Each is a fork that runs ``consume_shares`` under the line as its name, which PostgreSQL shows as the
connection's ``application_name``. Its process id is printed. Starting fifty of them anew would take
most of a case's time.
"""

from __future__ import annotations

import os
import signal
import sys

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    import django_share_analytics.management.commands.consume_shares  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.environ["PGAPPNAME"] = line.strip()
            call_command("consume_shares", verbosity=0)
            return
        print(pid, flush=True)


if __name__ == "__main__":
    main()
