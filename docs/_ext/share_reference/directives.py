"""Directives that write what the code has: each stands on a page below a heading of its own, and
prose of the page's follows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils.nodes import make_id
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective

from django_share_analytics import signals
from django_share_analytics.buttons import SCRIPTED
from django_share_analytics.platforms import BUILT_IN
from share_reference import commands, tags, values
from share_reference.text import block, code, is_short, table

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from django_share_analytics.platforms import Platform

CHECK = re.compile(
    r"^## (?P<id>share_analytics\.(?P<kind>[EW])\d+)\n\n\*\*(?P<said>.+?)\*\*",
    re.MULTILINE | re.DOTALL,
)
NAME = re.compile(r"--\w[\w-]*|\w+_\w+")
"""An option, a command or a setting in the help of a command."""
KINDS = {"E": "error", "W": "warning"}
GENERATED = "generated"
"""What is known of a page with any of these, in Sphinx's metadata."""


class Generated(SphinxDirective):
    """What it says is reStructuredText, whatever the page is written in."""

    def run(self) -> list[Node]:
        self.env.metadata[self.env.docname][GENERATED] = "yes"
        text = "\n".join(self.lines())
        return self.parse_text_to_nodes(f"~~~~~{{eval-rst}}\n{text}\n~~~~~")

    def lines(self) -> list[str]:
        raise NotImplementedError


class Entry(Generated):
    """One thing of its kind, below a heading of its name: roles and the search lead there."""

    required_arguments = 1
    kind: ClassVar[str]

    def run(self) -> list[Node]:
        name = self.arguments[0]
        domain = self.env.get_domain("std")
        assert isinstance(domain, StandardDomain)
        domain.note_object(self.kind, name, make_id(name), location=self.get_location())
        return super().run()


class Settings(Generated):
    """All keys, what they are when nobody says, and the first sentence of what they mean."""

    def lines(self) -> list[str]:
        rows = [
            (f":setting:`{each.name}`", _short_default(each), _first_sentence(each.meaning))
            for _, each in sorted(values.settings().items())
        ]
        return table(["setting", "default", "meaning"], rows)


class Setting(Entry):
    kind = "setting"

    def lines(self) -> list[str]:
        value = values.settings()[self.arguments[0]]
        return [*value.meaning.splitlines(), "", *_type_and_default(value)]


class Dispatcher(Entry):
    """Its path, what it can, and its options."""

    kind = "dispatcher"

    def lines(self) -> list[str]:
        dispatcher = values.dispatchers()[self.arguments[0]]
        lines = [f"``{dispatcher.__module__}.{dispatcher.__name__}``", ""]
        if options := values.options(dispatcher):
            rows = [(code_name(o.name), o.type, code(o.default), o.meaning) for o in options]
            return [*lines, *table(["option", "what", "default", "meaning"], rows)]
        return [*lines, "It has no options.", ""]


class Flags(Generated):
    """What a dispatcher says of itself, and each of the built-in ones does."""

    def lines(self) -> list[str]:
        rows = [
            (
                f":dispatcher:`{name}`",
                *(values.flag_of(each, flag) for flag in values.FLAGS),
            )
            for name, each in values.dispatchers().items()
        ]
        return [
            *table(["flag", "meaning"], [(code_name(n), m) for n, m in values.flags().items()]),
            *table(["dispatcher", *map(code_name, values.FLAGS)], rows),
        ]


class Platforms(Generated):
    """The built-in platforms, and what the button of each does."""

    def lines(self) -> list[str]:
        rows = [
            (code_name(each.name), str(each.label), _all_code(each.aliases), _button(each))
            for each in BUILT_IN
        ]
        return table(["name", "label", "also written", "its button"], rows)


class Tag(Entry):
    kind = "tag"

    def lines(self) -> list[str]:
        tag = tags.tags()[self.arguments[0]]
        rows = [(code_name(name), meaning) for name, meaning in tag.arguments.items()]
        return [
            ".. code-block:: django",
            "",
            f"   {tag.written}",
            "",
            tag.meaning,
            "",
            *table(["argument", "meaning"], rows),
        ]


class Command(Entry):
    """What its parser says: help, arguments, exit status."""

    kind = "command"

    def lines(self) -> list[str]:
        command = commands.command(self.arguments[0])
        lines = [_literal(command.help), ""]
        if command.arguments:
            rows = [(code_name(each.written), _literal(each.meaning)) for each in command.arguments]
            lines += table(["argument", "meaning"], rows)
        if command.exit_status:
            lines += [f"**Exit status:** {_literal(command.exit_status)}.", ""]
        return lines


class Signals(Generated):
    """All signals, as they are documented below their names."""

    def lines(self) -> list[str]:
        module = signals.__name__
        lines = [f".. currentmodule:: {module}", ""]
        for name in values.signals():
            lines += [f".. autodata:: {module}.{name}", "   :no-value:", ""]
        return lines


class Checks(Generated):
    """The ids on this page in their order, each with the sentence that it begins with."""

    def lines(self) -> list[str]:
        page = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        rows = [
            (f"`{found['id']} <#{make_id(found['id'])}>`__", KINDS[found["kind"]], _plain(found))
            for found in CHECK.finditer(page)
        ]
        return table(["id", "", "what"], rows)


def pages_to_read_again(app: Sphinx, env: BuildEnvironment, *others: object) -> list[str]:
    """Receives ``env-get-outdated``: the code may have changed where a page has not."""
    return [page for page, known in env.metadata.items() if GENERATED in known]


def _short_default(value: values.Value) -> str:
    if value.default is values.REQUIRED:
        return "must be set"
    return code(value.default) if is_short(value.default) else f":setting:`below <{value.name}>`"


def _type_and_default(value: values.Value) -> list[str]:
    if value.default is values.REQUIRED:
        return [f"Type: {value.type}. It must be set.", ""]
    if is_short(value.default):
        return [f"Type: {value.type}. Default: {code(value.default)}.", ""]
    return [f"Type: {value.type}. Default:", "", *block(value.default)]


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s|(?<=[:;])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".:;")


def _button(platform: Platform) -> str:
    if platform.name in SCRIPTED:
        return SCRIPTED_MEANINGS[platform.name]
    return f"opens ``{platform.intent}``"


SCRIPTED_MEANINGS = {
    "copy": "puts the address into the clipboard, by the script",
    "native": "opens the device's share sheet, by the script; hidden where there is none",
    "qr": "shows the share's link as a QR code, by the script; where ``platforms`` names it, "
    "shares have links and ``segno`` is installed",
}


def code_name(text: str) -> str:
    return f"``{text}``" if text else ""


def _all_code(texts: tuple[str, ...]) -> str:
    return ", ".join(map(code_name, texts))


def _literal(text: str) -> str:
    """A text without markup, as a text in which names are code."""
    return NAME.sub(lambda name: code_name(name[0]), re.sub(r"([*`|\\])", r"\\\1", text))


def _plain(found: re.Match[str]) -> str:
    """Markdown's marks for code are those of reStructuredText, half."""
    return found["said"].replace("`", "``").replace("\n", " ")
