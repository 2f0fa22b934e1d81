"""Reads what is to be translated, and what is, without gettext's programs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parent.parent / "src" / "django_share_analytics"
FUNCTIONS = {
    "_": ("id",),
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)


@dataclass(frozen=True)
class Message:
    """What is looked up: ``id`` in the sense of ``context``, maybe with a ``plural``."""

    id: str
    plural: str = ""
    context: str = ""


@dataclass
class Entry:
    """A message of a catalogue with its translations: one, or one for each plural form."""

    message: Message
    translations: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


def messages_of_the_source() -> dict[Message, str]:
    """Every message of the package, with the file where it is."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for message in _in_python(path.read_text()):
            found.setdefault(message, str(path.relative_to(SOURCE)))
    for path in sorted(SOURCE.rglob("*.html")):
        for message in in_template(path.read_text()):
            found.setdefault(message, str(path.relative_to(SOURCE)))
    return found


def _in_python(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = FUNCTIONS.get(node.func.id, ())
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if names and len(values) >= len(names):
                yield Message(**dict(zip(names, values, strict=False)))


def in_template(text: str) -> Iterator[Message]:
    """The messages of a template, as ``makemessages`` sees it: turned into calls."""
    for call in CALL.finditer(templatize(text)):
        names = FUNCTIONS[call[1]]
        values = [ast.literal_eval(value) for value in re.findall(STRING, call[2])]
        yield Message(**dict(zip(names, values, strict=False)))


def read_catalogue(text: str) -> list[Entry]:
    """The entries of a ``.po`` file, without its header and without obsolete ones."""
    entries = []
    for block in re.split(r"\n{2,}", text):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        values: dict[str, str] = {}
        key = ""
        for line in lines:
            keyword = re.match(r"(msg\w+(?:\[\d\])?) ", line)
            key = keyword[1] if keyword else key
            if key and not line.startswith("#"):
                values[key] = values.get(key, "") + ast.literal_eval(line[line.index('"') :])
        if values.get("msgid"):
            message = Message(
                values["msgid"], values.get("msgid_plural", ""), values.get("msgctxt", "")
            )
            translations = [text for name, text in values.items() if name.startswith("msgstr")]
            flags = [line for line in lines if line.startswith("#,")]
            entries.append(Entry(message, translations, any("fuzzy" in line for line in flags)))
    return entries
