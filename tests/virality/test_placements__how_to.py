"""The code of ``docs/how-to/placements.md`` does what the page says."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import RequestContext, Template

pytestmark = pytest.mark.django_db

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "placements.md").read_text()


def block(language, what):
    """The code block of the page that has this in it."""
    (found,) = (
        code for code in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if what in code
    )
    return found


def run(what):
    names = {}
    exec(block("python", what), names)
    return names


@pytest.fixture
def middleware():
    """Answers with the layout."""
    return run("class ShareLayout")["ShareLayout"](
        lambda request: HttpResponse(request.share_layout)
    )


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLACEMENTS": ["top", "end"]}


def test_by_visitor__each_sees_one_layout(rf, middleware):
    for _ in range(10):
        first = middleware(rf.get("/"))
        rf.cookies = first.cookies
        seen = {middleware(rf.get("/")).content for _ in range(5)}
        assert seen == {first.content}
        rf.cookies.clear()


def test_by_visitor__chance_decides(rf, middleware):
    seen = Counter(middleware(rf.get("/")).content for _ in range(400))
    assert set(seen) == {b"top", b"end"}
    assert min(seen.values()) > 120, "one in a million million would be fewer"


def test_by_visitor__a_page_cache_tells_them_apart(rf, middleware):
    assert middleware(rf.get("/"))["Vary"] == "Cookie"


def test_by_visitor__a_forged_cookie_is_none(rf, middleware):
    rf.cookies["share_layout"] = "made-up"
    response = middleware(rf.get("/"))
    assert response.content.decode() == response.cookies["share_layout"].value


@pytest.mark.parametrize("layout", ["top", "end"])
def test_the_page__has_the_buttons_of_the_layout_alone(rf, app, layout):
    request = rf.get("/")
    request.share_layout = layout
    source = Template(block("django", "share_layout"))
    page = source.render(RequestContext(request, {"app": app, "request": request}))
    assert re.findall(r'data-share-placement="(.*?)"', page) == [layout, layout]
    assert page.count("data-app-id") == 1


def test_by_week__two_weeks_of_each_in_a_block():
    layout_of_week = run("def layout_of_week")["layout_of_week"]
    monday = date(2024, 1, 1)
    for number in range(400):
        week = [layout_of_week(monday + timedelta(days=7 * number + day)) for day in range(7)]
        assert len(set(week)) == 1
    weeks = [layout_of_week(monday + timedelta(days=7 * number)) for number in range(400)]
    assert all(one != other for one, other in pairwise(weeks))
