"""Blocks that are not run here: a test of their own does, or nothing can."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.docs.collecting import Sample

HOW_TO = "docs/how-to"
OF_PLACEMENTS = "tests/virality/test_placements__how_to.py"

# The page, the language, something that the block has in it ("": every one), and the test.
TESTED = [
    ("CONTRIBUTING.md", "python", "", "tests/contributing/test_page.py"),
    ("docs/tutorial.md", "*", "", "tests/newcomer/test_tutorial.py"),
    (f"{HOW_TO}/cors.md", "html", "", "tests/browser/test_other_origins.py"),
    (f"{HOW_TO}/cors.md", "python", "", "tests/browser/test_other_origins.py"),
    (f"{HOW_TO}/customising/*.md", "django", "", "tests/customising/pages.py"),
    (f"{HOW_TO}/customising/*.md", "python", "", "tests/customising/pages.py"),
    (f"{HOW_TO}/gates.md", "python", "", "tests/gates/test_how_to.py"),
    (f"{HOW_TO}/placements.md", "python", "class ShareLayout", OF_PLACEMENTS),
    (f"{HOW_TO}/placements.md", "python", "def layout_of_week", OF_PLACEMENTS),
    (f"{HOW_TO}/placements.md", "django", "share_layout", OF_PLACEMENTS),
    (f"{HOW_TO}/testing.md", "python", "SharingTests", "tests/host/test_tests_of_a_host.py"),
    (f"{HOW_TO}/typing.md", "ts", "", "tests/typing/__main__.py"),
    (f"{HOW_TO}/wagtail.md", "python", "wagtail", "tests/hosts/real/wagtail/test_how_to.py"),
]
# The same, and why nothing runs it. Of Python it is still seen that no name is missing.
ONLY_READ = [
    (f"{HOW_TO}/cms.md", "python", "cms", "django CMS is not installed anywhere"),
    (f"{HOW_TO}/importing.md", "sql", "UNNEST", "BigQuery is a service"),
    (f"{HOW_TO}/openapi.md", "python", "shop_client", "it is generated, by a program of others"),
]


def run_by(sample: Sample) -> str:
    """The file with the test that runs the block; empty where there is none."""
    return _looked_up(sample, TESTED)


def only_read(sample: Sample) -> str:
    """Why nothing runs the block; empty where something does."""
    return _looked_up(sample, ONLY_READ)


def is_at(sample: Sample, page: str, language: str, part: str) -> bool:
    return fnmatch(sample.page, page) and fnmatch(sample.language, language) and part in sample.code


def _looked_up(sample: Sample, table: list[tuple[str, str, str, str]]) -> str:
    return next((what for *where, what in table if is_at(sample, *where)), "")
