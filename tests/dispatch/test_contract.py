"""What every dispatcher promises, whoever wrote it."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.models import Share
from tests.dispatch.conftest import BACKENDS, REDIS_STREAMS
from tests.factories import counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db(transaction=True)

WRITING = [
    f"{BACKENDS}.immediate.ImmediateDispatcher",
    f"{BACKENDS}.buffered.BufferedDispatcher",
    REDIS_STREAMS,
    "tests.dispatch.impostor.PairDispatcher",
]
ALL = [*WRITING, "django_share_analytics.testing.MemoryDispatcher"]


@pytest.mark.parametrize("path", WRITING)
def test_submit__is_written_in_the_end(path, use, app, settle):
    dispatcher = use(path)
    for _ in range(3):
        dispatcher.submit(event(app))
    assert settle(dispatcher) is True
    assert Share.objects.count() == 3
    assert dispatcher.status().waiting == 0


@pytest.mark.parametrize("path", WRITING)
def test_close__loses_nothing(path, use, app, settle):
    use(path).submit(event(app))
    dispatchers.close()
    settle(dispatchers["default"])
    assert Share.objects.count() == 1


@pytest.mark.parametrize("path", WRITING)
def test_submit__of_one_id_twice_counts_once(path, use, app, settle):
    dispatcher = use(path)
    once = event(app)
    for given in (once, once, event(app), once):
        dispatcher.submit(given)
    settle(dispatcher)
    assert Share.objects.count() == 2
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize("path", WRITING)
def test_submit__of_an_unknown_app_keeps_the_others(path, use, app, unknown_key, settle):
    dispatcher = use(path)
    for given in (event(app), event(unknown_key), event(app)):
        dispatcher.submit(given)
    settle(dispatcher)
    assert Share.objects.count() == 2


@pytest.mark.parametrize("path", ALL)
def test_submit__from_many_threads(path, use, app, settle):
    dispatcher = use(path)
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

    if path.endswith("PairDispatcher"):
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


@pytest.mark.parametrize("path", ALL)
def test_options__when_one_is_unknown(path, use):
    with pytest.raises(ImproperlyConfigured, match=r'\["default"\]\["OPTIONS"\].*max_bacth'):
        use(path, max_bacth=1)


@pytest.mark.parametrize("path", ALL)
def test_check__is_content_with_the_defaults(path, use):
    assert use(path).check() == []
