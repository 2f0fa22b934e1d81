"""What has to hold after a sample was run."""

from __future__ import annotations

import ast
import builtins
import dis
import unittest
from inspect import isfunction, signature
from types import CodeType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin import site
from django.core import checks

from tests.docs.python import defined

if TYPE_CHECKING:
    from collections.abc import Callable


def nothing_is_missing(code: str, known: dict[str, Any]) -> None:
    """Functions that were only defined would find what they name."""
    compiled = compile(code, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    missing = _looked_for(compiled) - known.keys() - set(dir(builtins))
    assert not missing, f"no import, and nothing before it, says what {sorted(missing)} is"


def _looked_for(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    own = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    return own.union(*map(_looked_for, inner))


def bound(code: str) -> dict[str, Any]:
    """The names that it would make, if it was run."""
    compiled = compile(code, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    made = (each.argval for each in dis.get_instructions(compiled) if "STORE" in each.opname)
    return dict.fromkeys(made)


def checks_are_silent() -> None:
    """Our system checks say nothing, and those of others no error."""
    said = [
        message
        for message in checks.run_checks()
        if (message.is_serious() or str(message.id).startswith("share_analytics."))
        and message.id not in settings.SILENCED_SYSTEM_CHECKS
    ]
    assert not said, "\n".join(map(str, said))


def admins_are_sound() -> None:
    """Whatever is registered with Django's admin site."""
    for admin in site._registry.values():
        assert not (found := admin.check()), found


def tests_pass(names: dict[str, Any], fixture: Callable[[str], Any]) -> None:
    """Those that it shows, whether for Django's runner or for pytest."""
    loader = unittest.defaultTestLoader
    for case in defined(names, unittest.TestCase):
        result = unittest.TestResult()
        loader.loadTestsFromTestCase(case).run(result)
        assert result.testsRun
        assert result.wasSuccessful(), [text for _, text in result.failures + result.errors]
    for name, function in names.items():
        if name.startswith("test_") and isfunction(function):
            function(**{each: fixture(each) for each in signature(function).parameters})
