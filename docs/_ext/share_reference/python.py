"""The public names of a module, functions first, as autodoc writes them."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from inspect import iscoroutinefunction, isfunction
from typing import TYPE_CHECKING, ClassVar

from docutils.parsers.rst.directives import flag

from share_reference.directives import Generated

if TYPE_CHECKING:
    from types import ModuleType

    from sphinx.application import Sphinx
    from sphinx.util.typing import OptionSpec


class Public(Generated):
    """What a module's ``__all__`` has, or the names that stand in the directive."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[OptionSpec] = {"without-members": flag}

    def lines(self) -> list[str]:
        name = self.arguments[0]
        module = import_module(name)
        names = " ".join(self.content).split() or _callables(module)
        found = {each: vars(module)[each] for each in names}
        lines = [f"From ``{name}``:", "", f".. currentmodule:: {name}", ""]
        for each, value in sorted(found.items(), key=lambda item: _place(item[1])):
            shown = [] if "without-members" in self.options else _options(value)
            lines += [f".. {_how(value)}:: {name}.{each}", *shown, ""]
        return lines


def _callables(module: ModuleType) -> list[str]:
    return [each for each in module.__all__ if callable(vars(module)[each])]


def _place(value: object) -> tuple[bool, bool]:
    """Functions first, and each before its likeness for coroutines."""
    return not isfunction(value), iscoroutinefunction(value)


def _how(value: object) -> str:
    if isfunction(value):
        return "autofunction"
    if not isinstance(value, type):
        return "autodata"
    return "autoexception" if issubclass(value, Exception) else "autoclass"


def _options(value: object) -> list[str]:
    """Of a dataclass its fields, also those whose names say all; else what is documented."""
    if not isinstance(value, type):
        return [] if isfunction(value) else ["   :no-value:"]
    undocumented = ["   :undoc-members:"] if dataclasses.is_dataclass(value) else []
    return ["   :members:", *undocumented]


def leave_out_what_fields_say(
    app: Sphinx, what: str, name: str, value: object, options: object, signature: str, returns: str
) -> tuple[str, str] | None:
    """Receives ``autodoc-process-signature``: the fields of a dataclass stand below it, and what a
    framework makes instances of says nothing."""
    says_nothing = dataclasses.is_dataclass(value) or "**kwargs)" in (signature or "")
    return ("", "") if what == "class" and says_nothing else None
