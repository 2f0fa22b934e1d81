"""How ``make demo`` serves: two processes, each with threads that keep connections open.

The address comes from the command line.
"""
# ruff: noqa: N999 - gunicorn's own name for the file

workers = 2
worker_class = "gthread"
threads = 8
# Some browsers open connections ahead of need; a few seconds let a page reuse them.
keepalive = 5
# It lies in the user's home: two demonstrations at once would fight for it.
control_socket_disable = True
