"""Every sample of the documentation runs, each named by the page and the line where it stands."""

from __future__ import annotations

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import services
from tests.docs import formats, judging, programs, templates, terminal
from tests.docs.collecting import ROOT, of_page, pages, samples
from tests.docs.elsewhere import ONLY_READ, TESTED, is_at, only_read, run_by
from tests.docs.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docs.collecting import Sample

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SHOWN = {"text"}
"""What is looked at: pictures of letters, and what a program writes."""
IN_A_BROWSER = {"js"}
"""For ``test_scripts.py``."""


def of(*languages: str) -> Any:
    """Each sample in these languages that has no test of its own."""
    found = [each for each in samples() if each.language in languages and not is_elsewhere(each)]
    return pytest.mark.parametrize("sample", found, ids=str)


def is_elsewhere(sample: Sample) -> bool:
    return bool(run_by(sample) or only_read(sample))


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    """The reader's: without proxies, with an app of Celery's, and a worker for tasks."""
    settings.ROOT_URLCONF = "tests.docs.urls"
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TRUSTED_PROXIES": 0}
    settings.SILENCED_SYSTEM_CHECKS = ["share_analytics.E010", "share_analytics.W012"]


@pytest.fixture
def project(
    folder: Path, settings: Any, given: dict[str, Any], _own_registrations: None
) -> Callable[[Sample], Project]:
    """The reader's, who is at that sample."""
    services.require(find_spec("celery") and find_spec("django_tasks"), "needs what is optional")
    return lambda sample: Project(of_page(ROOT / sample.page), folder, settings, given)


@of("python")
def test_python(sample: Sample, project: Any, request: Any, caplog: Any) -> None:
    here = project(sample)
    for part in sample.parts:
        names = here.run(part)
        judging.nothing_is_missing(part.code, names)
        judging.tests_pass(names, request.getfixturevalue)
    assert not caplog.records, "what never raises says so in the log"


@of("django", "html")
def test_template(sample: Sample, project: Any, given: dict[str, Any], asked: Any) -> None:
    project(sample).configure(sample)
    templates.check_html(templates.render(sample.code, given, asked))
    templates.check_attributes(sample.code)


@of("console")
def test_console(sample: Sample, project: Any, given: dict[str, Any]) -> None:
    project(sample)  # the page's files are there
    lines = terminal.typed(sample.code)
    assert lines, "what is typed begins with $"
    app = json.dumps(str(given["app"].pk))
    for line in (re.sub(r'(?<="appId": )[^,}]+', app, line) for line in lines):
        for words in terminal.commands(line):
            programs.run(words)


def test_commands_of_the_example_project__have_what_is_typed() -> None:
    typed = [
        words[1:]
        for sample in samples()
        for line in terminal.typed(sample.code)
        for words in map(programs.program_of, terminal.commands(line))
        if words[0] == programs.EXAMPLE
    ]
    assert typed
    programs.manage_example(typed)


@of("css")
def test_css(sample: Sample) -> None:
    templates.check_css(sample.code)


@of(*formats.CHECKS)
def test_data(sample: Sample) -> None:
    formats.CHECKS[sample.language](sample.code)


def test_commands__within_sentences_and_files() -> None:
    files = {part.file for sample in samples() for part in sample.parts}
    shown = {Path(file).stem for file in files if "/management/commands/" in file}
    wrong = []
    for path in pages():
        for command in terminal.in_text(path.read_text(encoding="utf-8")):
            words = shlex.split(command)
            if words[1] in shown:
                continue
            try:
                programs.run(words, for_real=False)
            except Exception as error:
                wrong.append(f"{path.relative_to(ROOT)}: {command}: {error!r}")
    assert wrong == []


def test_every_sample__is_run_by_somebody() -> None:
    here = {"python", "django", "html", "console", "css", *formats.CHECKS}
    left = [
        f"{each} {each.language}"
        for each in samples()
        if each.language not in here | SHOWN | IN_A_BROWSER and not is_elsewhere(each)
    ]
    assert left == []


@pytest.mark.parametrize("entry", [*TESTED, *ONLY_READ], ids=" ".join)
def test_what_is_said_of_samples__is_of_some(entry: tuple[str, str, str, str]) -> None:
    *where, _ = entry
    assert [each for each in samples() if is_at(each, *where)]


@pytest.mark.parametrize("entry", TESTED, ids=" ".join)
def test_what_another_test_runs__is_named_there(entry: tuple[str, str, str, str]) -> None:
    page, *_, test = entry
    name = Path(page).parent.name if "*" in page else Path(page).name
    assert name in (ROOT / test).read_text(encoding="utf-8")


def test_what_nothing_runs__finds_its_names() -> None:
    for sample in samples():
        if sample.language == "python" and only_read(sample):
            judging.nothing_is_missing(sample.code, judging.bound(sample.code))


def test_collecting__finds_what_a_reader_of_markdown_finds() -> None:
    """No block is one by its indentation alone: nobody could say in what language."""
    markdown = pytest.importorskip("markdown_it").MarkdownIt()
    for path in pages():
        tokens = markdown.parse(path.read_text(encoding="utf-8"))
        assert [token.map for token in tokens if token.type == "code_block"] == [], path
        fences = [token for token in tokens if token.type == "fence" and token.info[:1] != "{"]
        found = {(each.line, each.language, each.code) for each in of_page(path)}
        assert {(each.map[0] + 2, each.info.strip(), each.content) for each in fences} <= found
