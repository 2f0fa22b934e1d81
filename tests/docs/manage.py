"""Commands of ``manage.py``: their own parsers take what is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import get_commands, load_command_class

from tests.docs.collecting import ROOT

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand

FOR_TENANTS = {"all_tenants_command", "tenant_command"}
"""django-tenants' own, around a command that is looked at."""
EXAMPLE = "example_project/manage.py"
PARSE = f"""
import json, sys, django
django.setup()
from {__name__} import manage
for command in json.load(sys.stdin):
    manage(command)
"""


def manage(arguments: list[str]) -> None:
    name, *rest = arguments
    if name in FOR_TENANTS:
        return manage([word for word in rest if not word.startswith("--schema")])
    command = find_command(name)
    if rest:  # else it may be only named
        command.create_parser("manage.py", name).parse_args(rest)  # or CommandError
    return None


def find_command(name: str) -> BaseCommand:
    """Of what is installed, or one that the page has shown."""
    shown = f"management/commands/{name}.py"
    for path in Path.cwd().glob(f"*/{shown}"):
        return import_module(".".join(path.relative_to(Path.cwd()).with_suffix("").parts)).Command()
    app = get_commands()[name]
    return load_command_class(app, name) if isinstance(app, str) else app


def manage_example(commands: list[list[str]]) -> None:
    """In a process: that project has its own settings. With a dispatcher that has most commands."""
    settings = {"DJANGO_SETTINGS_MODULE": "example_project.settings", "SHARE_DISPATCHER": "tasks"}
    done = subprocess.run(
        [sys.executable, "-c", PARSE],
        input=json.dumps(commands),
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
