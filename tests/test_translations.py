"""Every text of the package is there in every language, and says it in that language's forms."""

from __future__ import annotations

import ast
import gettext
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import django
import pytest
from django.urls import reverse
from django.utils import translation

from django_share_analytics.admin import words
from tests.translations import (
    SOURCE,
    Entry,
    Message,
    in_template,
    messages_of_the_source,
    read_catalogue,
)

LANGUAGES = sorted(path.name for path in (SOURCE / "locale").iterdir())
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


def catalogue(language: str) -> list[Entry]:
    path = SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"
    return read_catalogue(path.read_text())


def compiled(path: Path) -> dict[Any, str]:
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


@pytest.mark.once
@pytest.mark.parametrize("language", LANGUAGES)
class TestLanguage:
    def test_nothing_is_missing(self, language: str) -> None:
        known = {entry.message for entry in catalogue(language)}
        missing = {
            message: file
            for message, file in messages_of_the_source().items()
            if message not in known
        }
        assert missing == {}, "run `make messages`, and translate them"

    def test_nothing_is_unfinished(self, language: str) -> None:
        unfinished = [
            entry.message
            for entry in catalogue(language)
            if entry.is_fuzzy or not all(entry.translations)
        ]
        assert unfinished == []

    def test_placeholders_are_those_of_the_text(self, language: str) -> None:
        for entry in catalogue(language):
            message = entry.message
            wanted = set(PLACEHOLDER.findall(message.id + message.plural))
            for text in entry.translations:
                used = set(PLACEHOLDER.findall(text))
                # "One share" and "two shares" may be words without a number.
                assert used == wanted or (message.plural and used <= wanted), text

    def test_the_compiled_file_is_of_this_catalogue(self, language: str) -> None:
        expected: dict[Any, str] = {}
        for entry in catalogue(language):
            key = "\x04".join(filter(None, [entry.message.context, entry.message.id]))
            if entry.message.plural:
                expected.update(
                    {(key, number): text for number, text in enumerate(entry.translations)}
                )
            else:
                expected[key] = entry.translations[0]
        found = compiled(SOURCE / "locale" / language / "LC_MESSAGES" / "django.mo")
        found.pop("", None)  # the header
        assert found == expected, "run `make messages`"

    def test_words_of_django_keep_their_meaning(self, language: str) -> None:
        """A package's catalogue goes over Django's: "Change" is the admin's link to edit."""
        root = Path(django.__file__).parent
        folders = (root / "conf", root / "contrib" / "admin", root / "contrib" / "auth")
        theirs: dict[Any, set[str]] = defaultdict(set)
        for folder in folders:
            path = folder / "locale" / language / "LC_MESSAGES" / "django.mo"
            for key, text in compiled(path).items():
                theirs[key].add(text)
        for entry in catalogue(language):
            if not entry.message.context and entry.message.id in theirs:
                assert entry.translations[0] in theirs[entry.message.id], entry.message


def test_arabic__has_six_forms() -> None:
    with translation.override("ar"):
        said = [words.shares(n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103)]
    assert said == [
        "لا مشاركات", "مشاركة واحدة", "مشاركتان", "3 مشاركات", "10 مشاركات", "11 مشاركة",
        "99 مشاركة", "100 مشاركة", "102 مشاركة", "103 مشاركات",
    ]  # fmt: skip


@pytest.mark.parametrize("page", ["share_changelist", "sharestatistics_changelist"])
def test_arabic__pages_are_right_to_left(admin_client: Any, settings: Any, page: str) -> None:
    settings.LANGUAGE_CODE = "ar"
    response = admin_client.get(reverse(f"admin:share_analytics_{page}")).content.decode()
    assert 'dir="rtl"' in response
    assert "المشاركات" in response


@pytest.mark.once
def test_texts_are_marked_by_names_that_gettext_finds() -> None:
    wrong = [
        (path.name, alias.name, alias.asname)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname and (alias.asname != "_" or alias.name not in {"gettext", "gettext_lazy"})
    ]
    assert wrong == []


@pytest.mark.once
def test_the_reader_of_templates_sees_every_kind() -> None:
    template = """{% load i18n %}{% translate "One" %}{% translate 'Two' context "as a number" %}
    {% blocktranslate with n=3 %}Three {{ n }}{% endblocktranslate %}
    {% blocktranslate count n=n trimmed %}
      {{ n }} four
    {% plural %}
      {{ n }} fours
    {% endblocktranslate %}{{ _("Five") }}"""
    assert set(in_template(template)) == {
        Message("One"),
        Message("Two", context="as a number"),
        Message("Three %(n)s"),
        Message("%(n)s four", "%(n)s fours"),
        Message("Five"),
    }


@pytest.mark.once
def test_the_reader_of_catalogues_sees_what_is_unfinished() -> None:
    text = r"""
msgid ""
msgstr ""
"Language: ar\n"

#: a.py
#, fuzzy, python-format
msgctxt "growth"
msgid "Change %(n)s"
msgstr ""
"of "
"\"n\""

msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "a"
msgstr[1] ""

#~ msgid "gone"
#~ msgstr "x"
"""
    assert read_catalogue(text) == [
        Entry(Message("Change %(n)s", context="growth"), ['of "n"'], is_fuzzy=True),
        Entry(Message("%(n)d day", "%(n)d days"), ["a", ""]),
    ]
