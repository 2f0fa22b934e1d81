"""The template tags, as their functions have them."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.templatetags import share_analytics
from share_reference.values import Undocumented

if TYPE_CHECKING:
    from collections.abc import Callable

PARAM = re.compile(r"^:param (?P<name>\w+):\s*(?P<text>.*?)(?=^:|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: how it is written, what it does, and what each argument means."""

    name: str
    written: str
    meaning: str
    arguments: dict[str, str]


def tags() -> dict[str, Tag]:
    """All of ``{% load share_analytics %}``."""
    registered = share_analytics.register.tags
    return {name: _tag(name, inspect.unwrap(tag)) for name, tag in registered.items()}


def _tag(name: str, function: Callable[..., object]) -> Tag:
    said = inspect.getdoc(function) or ""
    meanings = {found["name"]: " ".join(found["text"].split()) for found in PARAM.finditer(said)}
    parameters = [
        each for each in inspect.signature(function).parameters.values() if each.name != "context"
    ]
    for each in parameters:
        if each.name not in meanings:
            raise Undocumented(f"{function.__module__}.{function.__name__}: {each.name}")
    return Tag(
        name,
        " ".join(["{%", name, *map(_written, parameters), "%}"]),
        PARAM.sub("", said).strip(),
        {each.name: meanings[each.name] for each in parameters},
    )


def _written(parameter: inspect.Parameter) -> str:
    is_required = parameter.default is inspect.Parameter.empty
    return parameter.name if is_required else f"{parameter.name}=…"
