from __future__ import annotations

import faulthandler
import itertools
import signal
import sys
import uuid
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from hypothesis import settings as settings_profile

from django_share_analytics.repeats import repeats
from tests import databases, emptying, services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model


# How long an example takes is the machine's business: with others at work it is any time at all.
settings_profile.register_profile("tests", deadline=None)
settings_profile.load_profile("tests")

SECONDS_TO_END = 120.0


def pytest_unconfigure() -> None:
    """A process that doesn't end when its tests have ended shows what it waits for, and fails."""
    faulthandler.dump_traceback_later(SECONDS_TO_END, exit=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests, or refuse to run them, when the database that they are for isn't there."""
    reason = databases.why_not(settings.DATABASE)
    if reason and services.are_required():
        pytest.exit(f"REQUIRE_SERVICES is set: {reason}", returncode=1)
    if reason:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


_numbers = itertools.count(1)


def pytest_configure() -> None:
    """Ctrl-C is Ctrl-C, also where the tests are started in the background of a script: there it
    is ignored, and by all that they start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _fresh_key() -> Any:
    """A key that no app has yet, of the type that ``TEST_APP_KEY`` says."""
    number = next(_numbers)
    return {
        "uuid": uuid.uuid4(),
        "int": 1_000 + number,
        # String keys are the hard ones: slashes, blanks and letters beyond ASCII.
        "str": f"games/chess & \u0634\u0637\u0631\u0646\u062c/{number}",
    }[settings.APP_KEY]


@pytest.fixture(autouse=True)
def _as_in_production(_empty_cache: None, settings: Any) -> None:
    """Counts are kept and dispatchers are as set. In tests that set nothing of ours they aren't."""
    configured = settings.SHARE_ANALYTICS
    settings.SHARE_ANALYTICS = {
        "SHARE_COUNT_CACHE_SECONDS": 600,
        **configured,
        "DISPATCHERS": {**configured["DISPATCHERS"]},
    }


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_said_yet() -> None:
    """The log says a thing once a minute; what another test had said counts for nothing."""
    repeats.forget()


@pytest.fixture(autouse=True, scope="session")
def _answers_are_as_described() -> Iterator[None]:
    """What our calls answer in any test, whichever it is about, is what OpenAPI says of them."""
    if not apps.is_installed("drf_spectacular"):
        yield
        return
    from tests.schemas import check_answer, make_description

    make_description()
    get_response, get_response_async = BaseHandler.get_response, BaseHandler.get_response_async

    def checked(self: BaseHandler, request: Any) -> Any:
        response = get_response(self, request)
        check_answer(request, response)
        return response

    async def checked_async(self: BaseHandler, request: Any) -> Any:
        response = await get_response_async(self, request)
        check_answer(request, response)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", checked)
        patch.setattr(BaseHandler, "get_response_async", checked_async)
        yield


@pytest.fixture
def known_visitors(db: None, settings: Any) -> Iterator[None]:
    """Clients are those who ask, and the secrets of the day are at hand, as the thread has them."""
    # Where the package is: not before Django is set up.
    from django_share_analytics.links.secret_reader import secret_reader
    from django_share_analytics.places import here

    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TRUSTED_PROXIES": 0}
    secret_reader.read(here())
    yield
    secret_reader.forget()


@pytest.fixture
def _forgotten_agents() -> Iterator[None]:
    """What calls itself how is found out anew."""
    from django_share_analytics.links import agents

    def forget() -> None:
        agents._agent_of.cache_clear()
        agents._known_crawlers.cache_clear()

    forget()
    yield
    forget()


@pytest.fixture(params=["with the package", "without"])
def crawler_names(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _forgotten_agents: None
) -> str:
    """Whether ``crawler-user-agents`` is there. Without it, only where it isn't installed."""
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "crawleruseragents", None)
    elif not find_spec("crawleruseragents"):
        pytest.skip("needs crawler-user-agents")
    return str(request.param)


@pytest.fixture
def app_model() -> type[Model]:
    """The host's model that is shared."""
    return apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)


@pytest.fixture
def make_app(db: None, app_model: type[Model]) -> Callable[..., Any]:
    """Makes an app with a fresh key: ``make_app()``, ``make_app("Chess")``, ``make_app(pk=…)``."""

    def make(name: str = "", *, pk: Any = None) -> Any:
        key = _fresh_key() if pk is None else pk
        return app_model._default_manager.create(pk=key, name=name or f"App {key}")

    return make


@pytest.fixture
def app(make_app: Callable[..., Any]) -> Any:
    return make_app("Chess")


@pytest.fixture
def unknown_key() -> Any:
    """A well-formed key that no app has."""
    return _fresh_key()


@pytest.fixture
def require() -> Callable[[object, str], None]:
    """``require(condition, reason)``: skips, or fails where services are required."""
    return services.require


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        emptying.note("default")
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.instead_of_flush)
        yield


@pytest.fixture(scope="session")
def _second_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The settings of one that is like the first, and how to connect to it in any test."""
    with django_db_blocker.unblock():
        connect = BaseDatabaseWrapper.ensure_connection
        first = connections["default"]
        name = f"{first.settings_dict['NAME']}_two"
        test = {**first.settings_dict["TEST"], "NAME": name}
        second = first.copy("two")
        second.settings_dict = {**second.settings_dict, "NAME": "", "TEST": test}
        if first.vendor == "postgresql":
            second.settings_dict["NAME"] = "postgres"
        connections["two"], connections.settings["two"] = second, second.settings_dict
        second.creation.create_test_db(verbosity=0, autoclobber=True)
        configuration = dict(second.settings_dict)
        second.close()
        del connections["two"], connections.settings["two"]
        yield configuration, connect
        second.creation._destroy_test_db(configuration["NAME"], verbosity=0)


@pytest.fixture
def two_databases(
    transactional_db: None,
    _second_database: Any,
    settings: Any,
    app_model: type[Model],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Those of :mod:`tests.tenancy`, with its router. The test is where the tenant ``one`` is."""
    # Where the package is: not before Django is set up.
    from django_share_analytics.dispatch.handler import dispatchers
    from django_share_analytics.writing.resting import resting
    from tests import tenancy

    second, connect = _second_database
    nowhere = {**connections["default"].settings_dict, "NAME": "/nowhere/db.sqlite3", "PORT": "1"}
    for alias, configuration in (("two", second), ("away", nowhere)):
        connections.settings[alias] = dict(configuration)
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", connect)
    settings.DATABASE_ROUTERS = ["tests.tenancy.TenantRouter"]
    resting.clear()
    yield
    dispatchers.close()
    resting.clear()
    tenancy.empty("two", app_model)
    for alias in ("two", "away"):
        tenancy.forget(alias)
