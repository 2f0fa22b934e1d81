"""What the package hooks up in a process, and when: not by being imported."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests import databases
from tests.layering import PACKAGE, read_package

pytestmark = pytest.mark.once

LISTENING = """
import atexit, importlib, json, os, sys
from django.dispatch import Signal
hooked = []

def is_ours(module):
    return str(module).startswith("django_share_analytics")

def listen(owner, name):
    original = getattr(owner, name)
    def listening(*args, **kwargs):
        given = [*args, *kwargs.values()]
        modules = [getattr(one, "__module__", "") for one in given]
        if any(map(is_ours, [sys._getframe(1).f_globals["__name__"], *modules])):
            hooked.append(f"{name} {''.join(getattr(one, '__name__', '') for one in given)}")
        return original(*args, **kwargs)
    setattr(owner, name, listening)

for owner, name in [(atexit, "register"), (os, "register_at_fork"), (Signal, "connect")]:
    listen(owner, name)
"""
SET_UP = """
import django
from django.core import checks, signals
from django.db.models.signals import post_migrate

def counts():
    connected = [signals.request_started, signals.setting_changed, post_migrate]
    registered = checks.registry.registry
    return [
        atexit._ncallbacks(),
        hooked.count("register_at_fork reset_after_fork"),
        *(len(signal.receivers) for signal in connected),
        len([*registered.registered_checks, *registered.deployment_checks]),
    ]

django.setup()
"""
HOOKS = [
    "connect expect_visitors",
    "connect forget_app_key_field",
    "connect forget_settings",
    "connect forget_what_clients_did",
    "connect remember_after_migrate",
    "connect renew_dispatchers",
    "connect start_dispatchers",
    "register close",
    "register close",
    "register stop",
    "register_at_fork reset_after_fork",
    "register_at_fork reset_after_fork",
    "register_at_fork reset_after_fork",
]


def run(program: str, **variables: str) -> Any:
    """What ``program`` prints in a process of its own, that notes what is hooked up there."""
    done = subprocess.run(
        [sys.executable, "-c", LISTENING + program],
        env=databases.child_environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_import__without_settings_hooks_up_nothing() -> None:
    program = f"""
for name in ["", ".tracking", ".conf", ".keys", ".dispatch.handler", ".asgi", ".testing"]:
    importlib.import_module({PACKAGE!r} + name)
print(json.dumps(hooked))
"""
    assert run(program, DJANGO_SETTINGS_MODULE="") == []


def test_import__of_any_module_hooks_up_nothing() -> None:
    program = f"""
import django
from django_share_analytics.apps import ShareAnalyticsConfig
ShareAnalyticsConfig.ready = lambda self: None
django.setup()
for name in {sorted(read_package().keys() - {""})!r}:
    try:
        importlib.import_module({PACKAGE!r} + "." + name)
    except (ImportError, django.core.exceptions.ImproperlyConfigured):
        pass  # a broker's client that is not installed here
print(json.dumps(hooked))
"""
    assert run(program, DJANGO_SETTINGS_MODULE="tests.settings") == []


def test_ready__hooks_up_once() -> None:
    program = """
first, at_first = counts(), sorted(hooked)
django.apps.apps.get_app_config("share_analytics").ready()
print(json.dumps([at_first, first, counts()]))
"""
    hooked, at_first, later = run(SET_UP + program, DJANGO_SETTINGS_MODULE="tests.settings")
    assert hooked == HOOKS
    assert later == at_first
