"""Whatever a host sets for its own views, ours answer as documented."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from rest_framework.settings import DEFAULTS

from tests.api.answers import FOR_STAFF, READ, WRONG
from tests.api.hostile_settings import REST_FRAMEWORK, THE_HOSTS_OWN

pytestmark = pytest.mark.once

IDS = re.compile('[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|cursor=[^"&]+')


def ask(settings_module: str) -> dict[str, Any]:
    # A database for each: another worker of this run may ask at the same time.
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_XDIST_TESTRUNUID"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.api.answers"],
        env={**environment, "DJANGO_SETTINGS_MODULE": settings_module},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(IDS.sub("ID", done.stdout)))


@pytest.fixture(scope="module")
def hostile() -> dict[str, Any]:
    return ask("tests.api.hostile_settings")


def test_every_setting_of_rest_framework_is_tried() -> None:
    assert set(DEFAULTS) - THE_HOSTS_OWN <= set(REST_FRAMEWORK)
    assert {name for name in DEFAULTS if REST_FRAMEWORK.get(name, ...) == DEFAULTS[name]} == set()


def test_answers__are_the_same_whatever_is_set(hostile: dict[str, Any]) -> None:
    usual = ask("tests.settings")
    assert {call for call in usual if usual[call] != hostile[call]} == set()
    assert usual == hostile


def test_answers__are_what_they_should_be(hostile: dict[str, Any]) -> None:
    """That they are the same would also hold if everything failed."""
    expected = {IDS.sub("ID", f"GET {call}"): 200 for call in [*READ[:3:2], *FOR_STAFF]}
    expected |= {IDS.sub("ID", f"GET {call}"): 400 for call in WRONG}
    assert {call: hostile[call]["status"] for call in expected} == expected
    shared = [answer["status"] for call, answer in hostile.items() if "POST shares" in call]
    assert shared == [202] * 4 + [400] * 8
