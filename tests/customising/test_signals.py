from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.cache import cache

from django_share_analytics import track_share
from django_share_analytics.signals import share_milestone, shares_dropped, shares_recorded
from tests.customising.pages import Project, passes
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.once


@pytest.fixture
def project(project_of: Callable[[str], Project]) -> Iterator[Project]:
    project = project_of("signals")
    receivers = project.run("catalog/receivers.py")
    yield project
    share_milestone.disconnect(receivers.congratulate)
    shares_recorded.disconnect(receivers.note_the_last_share)
    shares_dropped.disconnect(receivers.say_what_is_lost)


def test_its_own_tests_pass(
    project: Project, django_db_setup: None, django_db_blocker: Any
) -> None:
    tests = project.run("catalog/tests/test_receivers.py")
    with django_db_blocker.unblock():
        passes(tests.MilestoneTests)


@pytest.mark.django_db(transaction=True)
def test_each_receiver_hears(project: Project, app: Any, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(99):
        track_share(app, "copy")
    assert mail.outbox == []
    last = event(app)
    for _ in range(2):
        track_share(app, "copy", id=last.id, timestamp=last.timestamp)
    assert [each.subject for each in mail.outbox] == [f"{app} was shared 100 times"]
    assert cache.get(f"last-share-{app.pk}") == last.timestamp
    assert [said.message for said in caplog.records if said.name == "catalog.receivers"] == [
        "1 share(s) were not recorded: duplicate"
    ]


@pytest.mark.django_db(transaction=True)
def test_one_that_raises_stops_no_other(
    project: Project, app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**kwargs: Any) -> None:
        raise ZeroDivisionError("of the host")

    for signal in (share_milestone, shares_recorded):
        signal.connect(fail)
    try:
        for _ in range(100):
            track_share(app, "copy")
    finally:
        for signal in (share_milestone, shares_recorded):
            signal.disconnect(fail)
    assert len(mail.outbox) == 1
    said = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert {each.name for each in said} == {"django.dispatch"}
    assert len(said) == 101


def test_its_app_config_connects_them(project: Project) -> None:
    config = project.run("catalog/apps.py").CatalogConfig
    assert config.name == "catalog"
    config.ready(config)  # imports what is there
