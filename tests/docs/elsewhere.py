"""Blocks that a test of their own runs: nobody runs them twice, and none is run by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.docs.collecting import Sample

HOW_TO = "docs/how-to"
OF_PLACEMENTS = "tests/virality/test_placements__how_to.py"

# The page, the language, something that the block has in it ("": every one), and the test.
TESTED = [
    (f"{HOW_TO}/cors.md", "html", "", "tests/browser/test_other_origins.py"),
    (f"{HOW_TO}/cors.md", "python", "", "tests/browser/test_other_origins.py"),
    (f"{HOW_TO}/gates.md", "python", "", "tests/gates/test_how_to.py"),
    (f"{HOW_TO}/placements.md", "python", "class ShareLayout", OF_PLACEMENTS),
    (f"{HOW_TO}/placements.md", "python", "def layout_of_week", OF_PLACEMENTS),
    (f"{HOW_TO}/placements.md", "django", "share_layout", OF_PLACEMENTS),
    (f"{HOW_TO}/testing.md", "python", "SharingTests", "tests/host/test_tests_of_a_host.py"),
]


def run_by(sample: Sample) -> str:
    """The file with the test that runs the block; empty where there is none."""
    for page, language, part, test in TESTED:
        if (page, language) == (sample.page, sample.language) and part in sample.code:
            return test
    return ""
