from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics import track_share
from django_share_analytics.events import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.customising.pages import Project

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def numbers(project_of: Callable[[str], Project]) -> Any:
    return project_of("queries").run("catalog/numbers.py")


@pytest.fixture
def apps(make_app: Any) -> Any:
    chess, maps = make_app("Chess"), make_app("Maps")
    for app, platform in ((maps, "whatsapp"), (maps, "copy"), (chess, "whatsapp")):
        track_share(app, platform)
    track_share(chess, "whatsapp", timestamp=utc_now() - timedelta(days=8))
    track_share(chess, "copy", timestamp=utc_now() - timedelta(days=8))
    return chess, maps


def test_the_most_shared(numbers: Any, apps: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert [(app.name, app.share_count) for app in numbers.most_shared()] == [
            ("Chess", 3),
            ("Maps", 2),
        ]


def test_on_a_platform(numbers: Any, apps: Any) -> None:
    chess, maps = apps
    assert numbers.on_platform(apps, "copy") == {chess.pk: 1, maps.pk: 1}


def test_of_the_week(numbers: Any, apps: Any) -> None:
    days = numbers.of_the_week(apps[0])
    assert (len(days), sum(n for _, n in days)) == (7, 1)


def test_of_the_rows(numbers: Any, apps: Any) -> None:
    found = {row["app__name"]: row["shares"] for row in numbers.by_name_and_hour()}
    assert found == {"Chess": 1, "Maps": 1}
