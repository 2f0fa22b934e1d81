"""What the demonstration's store says of its page views, and of buttons that came into sight."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

for module in ("environ", "gunicorn", "httpx", "tqdm", "whitenoise"):
    pytest.importorskip(module, reason="needs the dependency groups 'test' and 'example'")

from example_project.demo.visitors import PLATFORMS, REACH  # noqa: E402

if TYPE_CHECKING:
    from .conftest import Project

pytestmark = pytest.mark.once

VIEWS = """
from datetime import date
from example_project.demo.loading import apps_in_file
from example_project.demo.seen import views
week = date(2026, 3, 2), date(2026, 3, 8)
print(views(None, *week) == views(None, *week), len(views(None, *week)))
site = sum(views(None, *week).values())
apps = [sum(views(app.pk, *week).values()) for app in apps_in_file()]
print(abs(sum(apps) - site) < 4 * len(apps), max(apps) > 20 * min(apps) > 0)
print(sum(views("no app", *week).values()))
"""
IMPRESSIONS = (
    "SELECT day, placement, n FROM share_analytics_impressionday ORDER BY day, placement DESC"
)


def test_reach__is_one_on_average() -> None:
    """So that the mean number of clicks is what :mod:`.travels` says."""
    reach = sum(weight * REACH.get(name, 1.0) for name, weight in PLATFORMS.items())
    assert reach / sum(PLATFORMS.values()) == pytest.approx(1, abs=0.01)
    assert REACH.keys() <= PLATFORMS.keys()


@pytest.mark.slow
def test_views__are_the_same_each_time_and_those_of_the_apps_add_up(project: Project) -> None:
    done = project.manage("shell", "--no-imports", "-c", VIEWS)
    assert done.stdout.split() == ["True", "7", "True", "True", "0"], done.stderr


def test_load_demo__every_day_has_impressions(project: Project) -> None:
    rows = project.rows(IMPRESSIONS)
    days = sorted({date.fromisoformat(day) for day, *_ in rows})
    assert days[-1] - days[0] == timedelta(days=len(days) - 1)
    assert [placement for _, placement, _ in rows] == ["top", "end"] * len(days)
    assert all(n > 1_000 for *_, n in rows)


@pytest.mark.slow
def test_load_demo__cascades_are_found(project: Project) -> None:
    done = project.manage("find_cascades", "--days", "2")
    assert done.returncode == 0, done.stderr
    assert " shares began something, " in done.stdout
