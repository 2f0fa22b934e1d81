"""Settings and gates of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.conf import SETTING

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """Change some keys of ``SHARE_ANALYTICS`` for a test."""

    def change(**values: Any) -> None:
        setattr(settings, SETTING, {**getattr(settings, SETTING), **values})

    return change
