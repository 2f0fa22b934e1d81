"""Projects on other people's packages, with ours beside them: ``make test-hosts``.

A folder is a project: its ``settings``, at most one model, and ``visits``, a table of what is asked
there and what must come back (:mod:`tests.hosts.real.visits` says how to write one). What is no
table is in a ``test_*.py`` beside it. Each project runs in a process of its own.
"""
