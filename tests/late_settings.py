"""The example project with a pipeline that is behind."""

from __future__ import annotations

from example_project.settings import *  # noqa: F403
from example_project.settings import SHARE_ANALYTICS as USUAL

SHARE_ANALYTICS = {**USUAL, "DISPATCHERS": {"default": {"BACKEND": "tests.late.LateDispatcher"}}}
