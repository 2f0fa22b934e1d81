"""Settings, options and signals as the code has them, with the docstrings below their names."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getsource
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from sphinx.pycode import ModuleAnalyzer

from django_share_analytics import signals as signals_module
from django_share_analytics.conf import (
    APP_MODEL_SETTING,
    DEFAULT_DISPATCHERS,
    DEFAULT_LIMITS,
    ShareAnalyticsSettings,
)
from django_share_analytics.dispatch import backends
from django_share_analytics.dispatch.base import BaseDispatcher
from django_share_analytics.platforms import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = {
    "bool": "``True`` or ``False``",
    "float": "number",
    "int": "whole number",
    "int | None": "whole number, or ``None``",
    "str": "text",
    "str | None": "text, or ``None``",
    "str | os.PathLike[str] | None": "path, or ``None``",
    "tuple[str, ...]": "list of texts",
    "PlatformRegistry": "list of names, and of ``Platform`` objects",
    "Mapping[str, DispatcherSettings]": "dictionary",
    "Mapping[str, bool]": "dictionary",
    "Mapping[str, tuple[Pace, ...]]": "dictionary",
}
"""What a host writes for a field of such a type. One that is missing here stops the build."""
AS_WRITTEN: dict[str, Any] = {
    "DISPATCHERS": DEFAULT_DISPATCHERS,
    "PLATFORMS": [platform.name for platform in BUILT_IN],
    "LIMITS": DEFAULT_LIMITS,
}
"""Defaults as a host would write them, where they are kept as something else."""
FLAGS = ("is_durable", "writes_in_request", "has_consumer")
REQUIRED = object()
"""The default of what has none."""


class Undocumented(Exception):  # noqa: N818 - names a thing, not an error
    """The code has something without a word about what it means."""


@dataclass(frozen=True, slots=True)
class Value:
    """A setting or an option: what it may be, what it is when nobody says, what it means."""

    name: str
    type: str
    default: Any
    meaning: str
    """In reStructuredText."""


def settings() -> dict[str, Value]:
    """Every key of ``SHARE_ANALYTICS``, and the one setting beside it."""
    found = {APP_MODEL_SETTING: _app_model()}
    for value in _fields(ShareAnalyticsSettings):
        key = value.name.upper()
        default = AS_WRITTEN.get(key, value.default)
        default = list(default) if isinstance(default, tuple) else default
        found[key] = dataclasses.replace(value, name=key, default=default)
    return found


def _app_model() -> Value:
    meaning = docstring("django_share_analytics.conf", "APP_MODEL_SETTING")
    return Value(APP_MODEL_SETTING, "text", REQUIRED, meaning)


@cache
def dispatchers() -> dict[str, type[BaseDispatcher]]:
    """The built-in dispatchers by the names of their modules."""
    found = {}
    for module in iter_modules(backends.__path__):
        names = vars(import_module(f"{backends.__name__}.{module.name}"))
        found[module.name] = next(
            each
            for each in names.values()
            if isinstance(each, type) and BaseDispatcher in each.__bases__
        )
    return found


def options(dispatcher: type[BaseDispatcher]) -> list[Value]:
    """What its ``OPTIONS`` may say."""
    return list(_fields(dispatcher.Options))


def flags() -> dict[str, str]:
    """What each flag of a dispatcher means."""
    return {name: docstring(BaseDispatcher.__module__, name, "BaseDispatcher") for name in FLAGS}


def flag_of(dispatcher: type[BaseDispatcher], flag: str) -> str:
    """Whether it has it; ``depends`` where each instance finds out."""
    if f"self.{flag} = " in getsource(dispatcher.__init__):
        return "depends"
    return "yes" if getattr(dispatcher, flag) else "no"


def signals() -> list[str]:
    """The names of all signals, in their order."""
    return [name for name, each in vars(signals_module).items() if isinstance(each, Signal)]


def _fields(kind: type[Any]) -> Iterator[Value]:
    for field in dataclasses.fields(kind):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        meaning = docstring(kind.__module__, field.name, kind.__name__)
        yield Value(field.name, TYPES[str(field.type)], default, meaning)


def docstring(module: str, name: str, owner: str = "") -> str:
    """What stands below a name of a module, or of a class in it.

    :raises Undocumented: nothing does.
    """
    lines = _docstrings(module).get((owner, name))
    if not lines:
        raise Undocumented(".".join(filter(None, [module, owner, name])))
    return "\n".join(lines).strip()


@cache
def _docstrings(module: str) -> dict[tuple[str, str], list[str]]:
    return ModuleAnalyzer.for_module(module).find_attr_docs()
