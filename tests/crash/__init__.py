"""The crash suite: real processes and real services, ended with ``kill -9``.

Collected only with ``RUN_CRASH=1`` (``make test-crash``); ``CRASH_SHORT=1`` runs the same cases
with fewer kills and shorter outages.
"""
