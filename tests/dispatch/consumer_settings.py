"""Settings of a process that a test starts: ``TEST_DISPATCHERS`` (JSON) says how to dispatch."""

from __future__ import annotations

import json
import os

from tests.settings import *  # noqa: F403

SHARE_ANALYTICS = {"DISPATCHERS": json.loads(os.environ["TEST_DISPATCHERS"])}
