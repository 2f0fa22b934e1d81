"""Samples of Python: what each part of a block is, and how it is run.

A part that begins with the name of a file is that file of the reader's project. What names none is
settings or urls, if it does nothing but set them; else it is typed into a shell.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import runpy
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.db import models
from django.test.utils import isolate_apps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.docs.collecting import Part

# What Django's own templates of a project and an app begin a file with.
BEGINNINGS = {
    "admin.py": "from django.contrib import admin",
    "asgi.py": "from django.core.asgi import get_asgi_application",
    "models.py": "from django.db import models",
    "tests.py": "from django.test import TestCase",
    "urls.py": "from django.contrib import admin; from django.urls import include, path",
    "views.py": "from django.shortcuts import render",
    "wsgi.py": "from django.core.wsgi import get_wsgi_application",
}


OF_A_SERVER = re.compile(r"(?<=[\"'])/(?=(?:var|srv|run)/)")


def kind(part: Part) -> str:
    """``settings``, ``urls``, ``models``, ``module`` or ``shell``."""
    if "settings" in part.file or (not part.file and _only_sets(part.code)):
        return "settings"
    if part.file.endswith("urls.py") or (not part.file and "urlpatterns" in part.code):
        return "urls"
    if part.file.endswith("models.py"):
        return "models"
    return "module" if part.file else "shell"


def _only_sets(code: str) -> bool:
    """Whether it imports things, and gives values to names of settings."""
    body = ast.parse(code).body
    rest = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return bool(rest) and all(
        isinstance(node, ast.Assign | ast.AugAssign) and all(map(_is_setting, _targets(node)))
        for node in rest
    )


def _targets(node: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _is_setting(target: ast.expr) -> bool:
    while isinstance(target, ast.Subscript):
        target = target.value
    return isinstance(target, ast.Name) and target.id.isupper()


def write_modules(parts: Iterable[Part], folder: Path) -> None:
    """The files that a page names, with each line where it is on the page: tracebacks say it."""
    files: dict[str, list[str]] = {}
    for part in parts:
        if kind(part) == "module":
            lines = files.setdefault(part.file, [BEGINNINGS.get(Path(part.file).name, "")])
            lines += [""] * (part.line - 1 - len(lines))
            lines += part.code.splitlines()
    for name, lines in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def run_module(part: Part, folder: Path) -> dict[str, Any]:
    """Import the file as others do; run it where it is in no package."""
    if "/" not in part.file:
        return runpy.run_path(str(folder / part.file), run_name=Path(part.file).stem)
    name = part.file.removesuffix(".py").replace("/", ".")
    return vars(importlib.import_module(name))


def run_models(part: Part, host: str) -> dict[str, Any]:
    """Models are of the app ``host``, whose tables they never meet."""
    names: dict[str, Any] = {"__name__": f"{host}.models", "models": models}
    with isolate_apps(host):
        exec(_compiled(part), names)
        for model in defined(names, models.Model):
            assert not (found := model.check()), found
    return names


def run_settings(part: Part, names: dict[str, Any], root: Path) -> None:
    """Change ``names``, which are the settings so far. Folders of a server are in ``root``."""
    before = dict(names)
    code = OF_A_SERVER.sub(f"{root.as_posix()}/", part.code)
    exec(_compiled(replace(part, code=code)), names)
    for name in names.keys() & before.keys():
        if isinstance(before[name], dict) and isinstance(names[name], dict):
            names[name] = {**before[name], **names[name]}


def run_urls(part: Part, names: dict[str, Any]) -> None:
    """Change ``names``, which are those of the module so far."""
    exec(BEGINNINGS["urls.py"], names)
    names.setdefault("urlpatterns", [])
    exec(_compiled(part), names)


def run_in_shell(part: Part, names: dict[str, Any]) -> None:
    """Each statement in turn; one that awaits something, in a coroutine."""
    for statement in ast.parse("\n" * (part.line - 1) + part.code, part.page).body:
        module = ast.Module([statement], type_ignores=[])
        code = compile(module, part.page, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            async_to_sync(FunctionType(code, names))()
        else:
            exec(code, names)


def _compiled(part: Part) -> CodeType:
    return compile("\n" * (part.line - 1) + part.code, part.page, "exec", dont_inherit=True)


def defined(names: dict[str, Any], base: type) -> list[Any]:
    """The classes of this base that were made there, not imported."""
    classes = (value for value in names.values() if isinstance(value, type))
    return [
        each
        for each in classes
        if issubclass(each, base) and each.__module__ == names.get("__name__")
    ]
