from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection

from django_share_analytics.sql import coroutines
from django_share_analytics.sql.coroutines import outside_of_the_loop
from tests.loops import by_a_server, by_django

pytestmark = pytest.mark.django_db(transaction=True)

MARK = ContextVar("MARK")


def query():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return threading.get_ident()


class TestOutsideOfTheLoop:
    def test_without_a_loop__here(self):
        assert outside_of_the_loop(query) == threading.get_ident()

    def test_for_synchronous_code__in_its_thread(self):
        async def view():
            return outside_of_the_loop(query)

        assert by_django(view) == threading.get_ident()

    def test_what_it_raises__is_raised(self):
        async def view():
            with pytest.raises(SynchronousOnlyOperation):
                query()
            return outside_of_the_loop(lambda: {}["x"])

        for run in (by_django, by_a_server):
            with pytest.raises(KeyError):
                run(view)

    def test_connections_of_its_own__are_closed(self):
        opened = []

        def work():
            query()
            opened.append(connection.connection)

        async def view():
            outside_of_the_loop(work)

        by_a_server(view)
        with pytest.raises(Exception, match=r"(?i)closed|2006"):
            opened[0].cursor().execute("SELECT 1")

    def test_when_the_thread_is_busy__waits_no_longer_than_it_may(self, monkeypatch):
        monkeypatch.setattr(coroutines, "LOOP_SECONDS", 0.2)
        let_go = threading.Event()
        ran = []

        async def view():
            busy = asyncio.create_task(sync_to_async(let_go.wait)(20))
            await asyncio.sleep(0.05)
            with pytest.raises(TimeoutError):
                outside_of_the_loop(lambda: ran.append(1))
            let_go.set()
            await busy

        by_django(view)
        assert not ran

    def test_of_a_task_that_outlives_the_code_it_was_started_for(self):
        """The executor that it inherited takes nothing any more."""
        results = []

        async def later():
            await asyncio.sleep(0.05)
            results.append(outside_of_the_loop(query))

        async def main():
            def starts():
                async_to_sync(started)()

            await sync_to_async(starts)()
            await asyncio.sleep(0.3)

        async def started():
            tasks.append(asyncio.create_task(later()))

        tasks = []
        by_a_server(main)
        assert results

    def test_the_context_goes_along(self):
        async def view():
            MARK.set("x")
            return outside_of_the_loop(MARK.get)

        for run in (by_django, by_a_server):
            assert run(view) == "x"
