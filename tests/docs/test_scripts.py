"""Scripts of the documentation: a browser can read them, and they name what our scripts have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import browser
from tests.docs.collecting import Sample, samples
from tests.docs.elsewhere import run_by
from tests.docs.templates import PACKAGE, ours

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]

pytestmark = pytest.mark.once

SCRIPTS = [each for each in samples() if each.language == "js" and not run_by(each)]
# A module is read as a whole before anything of it is fetched or run. That there is no such other
# one ends it there.
READ = """async (code) => {
  const module = new Blob(['import "nothing:like-this";', code], { type: "text/javascript" });
  try {
    await import(URL.createObjectURL(module));
  } catch (error) {
    return error instanceof SyntaxError ? error.message : null;
  }
  return "it was run";
}"""


def test_read__by_a_browser(browser: Browser) -> None:
    page = browser.new_page()
    wrong = {str(each): page.evaluate(READ, each.code) for each in SCRIPTS}
    page.close()
    assert {place: error for place, error in wrong.items() if error} == {}


def test_read__tells_what_is_no_script(browser: Browser) -> None:
    page = browser.new_page()
    assert page.evaluate(READ, "let a = ;")
    page.close()


@pytest.mark.parametrize("sample", SCRIPTS, ids=str)
def test_names__are_those_of_our_scripts(sample: Sample) -> None:
    types = (PACKAGE / "static" / "share_analytics" / "share.d.ts").read_text()
    for name in re.findall(r"\bshareAnalytics\??\.(\w+)", sample.code):
        assert f"  {name}(" in types
    for event in re.findall(r"share-analytics:[\w-]+", sample.code):
        assert event in ours()
        assert f'"{event}"' in types
