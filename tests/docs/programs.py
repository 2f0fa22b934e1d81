"""The programs that are typed in the documentation: they are there, and know these arguments."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from importlib import import_module
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.management import call_command, get_commands, load_command_class
from django.test import Client

from tests.docs.collecting import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.management.base import BaseCommand

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"\b[A-Z_]+(?=[=)])", MAKEFILE))
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[(?P<extras>[\w,-]+)\])?(?:[=<>~!]=?[\w.]+)?")

HAS_AN_ANSWER = {
    "blank_shares",
    "check",
    "export_shares",
    "find_cascades",
    "prune_shares",
    "set_aside_shares",
    "share_analytics_status",
    "verify_share_counts",
}
"""Management commands that are run, on an empty database. Of others the arguments are parsed."""
FOR_TENANTS = {"all_tenants_command", "tenant_command"}
"""django-tenants' own, around a command that is looked at."""
ASSIGNMENT = re.compile(r"[A-Z_]+=")
NOT_OURS = {
    "cat",
    "cd",
    "celery",
    "docker",
    "export",
    "git",
    "gunicorn",
    "mkdir",
    "npx",
    "openapi-python-client",
    "pytest",
    "uvicorn",
    "venv",
    "xargs",
    "zstd",
}
"""Of which only the names are known here."""


EXAMPLE = "example_project/manage.py"
PARSE = f"""
import json, sys, django
django.setup()
from {__name__} import manage
for command in json.load(sys.stdin):
    manage(command)
"""


def run(words: list[str], *, for_real: bool = True) -> None:
    """See that there is such a program, with such arguments; run it where that harms nothing."""
    program, *arguments = program_of(words)
    if program == "-c":
        compile(arguments[0], "python -c", "exec")
    elif program not in {*NOT_OURS, EXAMPLE} and not Path(program).is_file():
        assert program in PROGRAMS, f"{program}: say in {__name__} what is to be looked at"
        PROGRAMS[program](arguments)
    is_ours = program == "manage.py" and arguments[0] in HAS_AN_ANSWER
    if for_real and is_ours and "--deploy" not in arguments:
        call_command(*arguments)


def program_of(words: list[str]) -> list[str]:
    """Its name and arguments, whether Python runs it or a shell with variables."""
    program, *arguments = dropwhile(ASSIGNMENT.match, words)
    if program.rpartition("/")[2] in {"python", "python3"}:
        if arguments[0] == "-W":
            del arguments[:2]
        is_module = arguments[0] == "-m"
        program, *arguments = arguments[is_module:]
    return [program if program == EXAMPLE else program.rpartition("/")[2], *arguments]


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


def make(arguments: list[str]) -> None:
    for argument in arguments:
        name, is_variable, _ = argument.partition("=")
        assert name in (VARIABLES if is_variable else TARGETS), f"make {argument}"


def pip(arguments: list[str]) -> None:
    what, *packages = arguments
    assert what in {"install", "add"}, what
    for package in packages:
        found = REQUIREMENT.fullmatch(package)
        if found and found["name"] == PROJECT["name"]:
            extras = set((found["extras"] or "").split(",")) - {""}
            assert extras <= PROJECT["optional-dependencies"].keys(), package


def curl(arguments: list[str]) -> None:
    """The call is one of ours, of this method, and takes this body."""
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("url")
    parser.add_argument("-X", "--request", default="")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data", "--json", default="")
    for flag in ("-i", "-s", "-f", "-L"):
        parser.add_argument(flag, action="store_true")
    asked = parser.parse_args(arguments)
    address = urlsplit(asked.url)
    headers = dict(header.split(": ", 1) for header in asked.header)
    answer = Client(headers=headers).generic(
        asked.request or ("POST" if asked.data else "GET"),
        f"{address.path}?{address.query}",
        asked.data,
        content_type=headers.get("Content-Type", "application/octet-stream"),
    )
    assert answer.status_code < 400, (answer.status_code, answer.content)


def systemctl(arguments: list[str]) -> None:
    """The units are those of the example project."""
    names = {path.name for path in ROOT.glob("example_project/deploy/systemd/*")}
    for unit in (word for word in arguments[1:] if not word.startswith("-")):
        name = re.sub(r"@\w+", "@", unit)
        assert {name, f"{name}.service"} & names, unit


PROGRAMS: dict[str, Callable[[list[str]], None]] = {
    "curl": curl,
    "django-admin": manage,
    "make": make,
    "manage.py": manage,
    "pip": pip,
    "systemctl": systemctl,
}
