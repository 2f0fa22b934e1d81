"""From a project to a number in the admin, by the README alone.

What it takes for granted, a project with a model and a page for each of its objects, is the one
that the tutorial begins with. All the rest is read from the README, and typed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.newcomer.looking import adds_chess, browsing, logs_in, reads_the_total, taps_whatsapp
from tests.newcomer.pages import Step, steps_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.newcomer.somebody import Somebody

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif("RUN_NEWCOMER" not in os.environ, reason="for `make test-newcomer`"),
]

TEMPLATE = "catalog/templates/catalog/app_detail.html"


def ten_minutes() -> tuple[list[Step], str]:
    """What is typed and written, and the lines of the template."""
    *steps, template = steps_of("README.md")["Ten minutes"]
    assert template.language == "django"
    lines = [line for line in template.code.splitlines() if line.strip() != "…"]
    return steps, "<!doctype html>\n" + "\n".join(lines)


def in_mysite(step: Step) -> Step:
    """README speaks of *your* ``settings.py``."""
    text, code = (
        value.replace("settings.py", "mysite/settings.py").replace("urls.py", "mysite/urls.py")
        for value in (step.text, step.code)
    )
    return replace(step, text=text, code=code)


@pytest.fixture
def django() -> str:
    return "django52"


def test_ten_minutes(somebody: Somebody, browser: Browser) -> None:
    somebody.follows(steps_of("docs/tutorial.md")["A project"])
    with browsing(browser, somebody.site) as page:
        logs_in(page)
        adds_chess(page)

        steps, template = ten_minutes()
        somebody.follows(map(in_mysite, steps))
        somebody.writes(TEMPLATE, template)
        assert "no issues" in somebody.said["python manage.py check"], "not even a warning"
        somebody.types("python manage.py runserver")
        taps_whatsapp(page)
        reads_the_total(page)
