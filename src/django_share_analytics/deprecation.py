"""What is on its way out: how a project is told, and until when it has time.

The rules are on the page on versions. Whatever is deprecated warns with
``RemovedInNextVersionWarning``, so that the code need not be touched when a version comes closer.
"""

from __future__ import annotations

VERSIONS_PAGE = (
    "https://django-share-analytics.readthedocs.io/en/latest/understanding/versions.html"
)
"""What messages lead to."""


class RemovedInShareAnalytics1Warning(DeprecationWarning):
    """Works as it did, and is gone in version 1.0."""


RemovedInNextVersionWarning = RemovedInShareAnalytics1Warning
"""The one that is in use now: what is deprecated goes with the next major version."""
