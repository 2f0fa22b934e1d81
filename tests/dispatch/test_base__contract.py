"""What every dispatcher promises, whoever wrote it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ImpressionEvent, new_id
from django_share_analytics.models import ImpressionDay, LinkStep, Share
from django_share_analytics.steps import CLICK, FORWARDED, REACHED, RESHARE, VISIT
from tests.dispatch.conftest import BACKENDS, CELERY, REDIS_STREAMS, TASKS
from tests.factories import (
    NOON,
    counted_by_hand,
    event,
    link_event,
    outcomes,
    stored_counts,
)

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = {
    "immediate": f"{BACKENDS}.immediate.ImmediateDispatcher",
    "buffered": f"{BACKENDS}.buffered.BufferedDispatcher",
    "buffered with journal": f"{BACKENDS}.buffered.BufferedDispatcher",
    "redis_streams": REDIS_STREAMS,
    "celery": CELERY,  # which runs tasks at once here, as do tasks
    "tasks": TASKS,
    "a stranger's": "tests.dispatch.impostor.PairDispatcher",
    "memory": "django_share_analytics.testing.MemoryDispatcher",
}
ALL = list(PATHS)
HOUR = timedelta(hours=1)
WRITING = [name for name in ALL if name != "memory"]


@pytest.fixture
def start(use, tmp_path):
    """``start(name, **options)``: this dispatcher, with the options that it can't do without."""
    needed = {"buffered with journal": {"journal": tmp_path / "journal"}}
    return lambda name, **options: use(PATHS[name], **needed.get(name, {}), **options)


@pytest.mark.parametrize("name", WRITING)
def test_submit__is_written_in_the_end(name, start, app, settle):
    dispatcher = start(name)
    for _ in range(3):
        dispatcher.submit(event(app))
    assert settle(dispatcher) is True
    assert Share.objects.count() == 3
    assert dispatcher.status().waiting == 0


@pytest.mark.parametrize("name", WRITING)
def test_close__loses_nothing(name, start, app, settle):
    start(name).submit(event(app))
    dispatchers.close()
    settle(dispatchers["default"])
    assert Share.objects.count() == 1


@pytest.mark.parametrize("name", WRITING)
def test_submit__of_one_id_twice_counts_once(name, start, app, settle):
    dispatcher = start(name)
    once = event(app)
    for given in (once, once, event(app), once):
        dispatcher.submit(given)
    settle(dispatcher)
    assert Share.objects.count() == 2
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize("name", WRITING)
def test_submit__of_what_became_of_shares_beside_shares(name, start, app, settle):
    """In any order: the visit comes first."""
    dispatcher = start(name)
    share, shared_on = event(app, placement="top"), event(app, at=NOON + HOUR)
    visit = link_event(share, VISIT, visitor=7, detail="instagram", click_id=new_id())
    for given in (visit, share, replace(shared_on, via=share.id), visit, link_event(share, CLICK)):
        dispatcher.submit(given)
    settle(dispatcher)
    assert Share.objects.count() == 2
    kinds = LinkStep.objects.filter(share=share.id).values_list("kind", flat=True)
    assert sorted(kinds) == [CLICK, CLICK, FORWARDED, REACHED, RESHARE, VISIT]
    assert LinkStep.objects.get(kind=VISIT).detail == "instagram"
    assert stored_counts() == counted_by_hand()
    assert outcomes() == {}


@pytest.mark.parametrize("name", WRITING)
def test_submit__of_what_came_into_sight_beside_shares(name, start, app, settle):
    dispatcher = start(name)
    seen = ImpressionEvent(("top", "end"), 20)
    for given in (seen, event(app), seen, ImpressionEvent(("top",), 5)):
        dispatcher.submit(given)
    settle(dispatcher)
    assert Share.objects.count() == 1
    assert dict(ImpressionDay.objects.values_list("placement", "n")) == {"top": 25, "end": 20}
    assert outcomes() == {}


@pytest.mark.parametrize("name", WRITING)
def test_submit__of_an_unknown_app_keeps_the_others(name, start, app, unknown_key, settle):
    dispatcher = start(name)
    for given in (event(app), event(unknown_key), event(app)):
        dispatcher.submit(given)
    settle(dispatcher)
    assert Share.objects.count() == 2


@pytest.mark.parametrize("name", ALL)
def test_submit__from_many_threads(name, start, app, settle):
    dispatcher = start(name)
    errors = []

    def submit():
        from django.db import connection

        try:
            for _ in range(20):
                dispatcher.submit(event(app))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    if name == "a stranger's":
        pytest.skip("the stranger's dispatcher doesn't say that it serves threads")
    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(dispatcher)
    assert errors == []
    stored = len(getattr(dispatcher, "events", [])) or Share.objects.count()
    assert stored == 80


@pytest.mark.parametrize("name", ALL)
def test_options__when_one_is_unknown(name, start):
    with pytest.raises(ImproperlyConfigured, match=r'\["default"\]\["OPTIONS"\].*max_bacth'):
        start(name, max_bacth=1)


# Without a worker, as here, Celery and tasks have something to say.
@pytest.mark.parametrize("name", [name for name in ALL if name not in {"celery", "tasks"}])
def test_check__is_content(name, start):
    assert start(name).check() == []
