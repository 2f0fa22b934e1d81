"""What ``CONTRIBUTING.md`` shows how to add does what it says."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_share_analytics import platforms, stats
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.writing.writer import write_shares
from tests.dispatch import test_base__contract as contract
from tests.factories import event
from tests.layering import SOURCE, find_circle, read_package
from tests.test_commands import commands
from tests.test_layering import HOMES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
PACKAGE = "src/django_share_analytics/"
SAMPLES = {
    path: dedent(code)
    for path, code in re.findall(r"```python\n *# (\S+)\n(.*?)```", PAGE, re.DOTALL)
}
PROMISES = [
    contract.test_submit__is_written_in_the_end,
    contract.test_close__loses_nothing,
    contract.test_submit__of_one_id_twice_counts_once,
    contract.test_submit__of_what_became_of_shares_beside_shares,
    contract.test_submit__of_what_came_into_sight_beside_shares,
    contract.test_submit__of_an_unknown_app_keeps_the_others,
]


def added(monkeypatch, path):
    """The module that the page would put there."""
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    assert not (ROOT / path).exists(), "the page has to show something that is not there"
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(SAMPLES[path], vars(module))
    return module


@pytest.fixture
def start(monkeypatch, use, tmp_path):
    """``start(name)``: the page's dispatcher."""
    module = added(monkeypatch, f"{PACKAGE}dispatch/backends/spool.py")
    (tmp_path / "spool").mkdir()
    return lambda name: use(f"{module.__name__}.SpoolDispatcher", directory=str(tmp_path / "spool"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_dispatcher__keeps_what_every_dispatcher_promises(promise, start, request):
    wanted = promise.__code__.co_varnames[: promise.__code__.co_argcount]
    given = {
        name: request.getfixturevalue(name) for name in wanted if name not in ("name", "start")
    }
    promise(name="spool", start=start, **given)


@pytest.mark.django_db
def test_dispatcher__refuses_what_it_can_not_keep(start, tmp_path, app):
    dispatcher = start("spool")
    (tmp_path / "spool").rmdir()
    with pytest.raises(DispatcherUnavailable):
        dispatcher.submit(event(app))
    assert not Share.objects.exists()


def test_dispatcher__says_which_option_is_missing(start, use):
    path = type(start("spool")).__module__ + ".SpoolDispatcher"
    with pytest.raises(ImproperlyConfigured, match="directory must be a name"):
        use(path)


@pytest.mark.django_db
def test_statistic__sums_the_days(monkeypatch, app, make_app):
    module = added(monkeypatch, f"{PACKAGE}stats/weekdays.py")
    today, other = timezone.now(), make_app()
    write_shares(
        [
            *(event(app, at=today - timedelta(days=days)) for days in (0, 7, 14, 1, 300)),
            event(other, at=today),
        ]
    )
    with CaptureQueriesContext(connection) as queries:
        of_app, of_site = module.shares_by_weekday(app), module.shares_by_weekday()
    weekday = timezone.localdate(today).weekday()
    expected = {**dict.fromkeys(range(7), 0), weekday: 3, (weekday - 1) % 7: 1}
    assert of_app == expected
    assert of_site == {**expected, weekday: 4}
    assert queries.captured_queries
    assert not [each for each in queries if re.search(r"share_analytics_share\W", each["sql"])]


@pytest.mark.django_db
def test_platform__has_a_button_and_counts(client, configure, app, rf):
    (platform,) = eval(SAMPLES[f"{PACKAGE}platforms.py"], {"Platform": platforms.Platform})
    assert platform.name not in {each.name for each in platforms.BUILT_IN}
    configure(PLATFORMS=[*platforms.BUILT_IN, platform])
    page = Template("{% load share_analytics %}{% share_buttons app platforms='hackernews' %}")
    assert "https://news.ycombinator.com/submitlink?u=" in page.render(
        Context({"app": app, "request": rf.get("/here")})
    )
    body = {"appId": str(app.pk), "platform": "HN"}
    client.post("/api/shares", body, content_type="application/json", REMOTE_ADDR="10.0.0.1")
    assert stats.share_count(app).by_platform == {"hackernews": 1}


@pytest.mark.once
def test_samples__keep_the_rules_of_the_house(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "package", ignore=shutil.ignore_patterns("static", "locale"))
    for path, code in SAMPLES.items():
        if path != f"{PACKAGE}platforms.py":
            (tmp_path / "package" / path.removeprefix(PACKAGE)).write_text(code)
    modules = read_package(tmp_path / "package")
    for name in ("dispatch.backends.spool", "stats.weekdays"):
        here = HOMES[name.partition(".")[0]]
        assert all(HOMES[other.partition(".")[0]] <= here for other in modules[name].own)
    assert find_circle(modules) == []


@pytest.mark.once
def test_page__has_five_steps_for_each():
    for thing in ("dispatcher", "statistic", "platform"):
        section = PAGE.partition(f"\n## Add a {thing}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^(\d)\. ", section, re.MULTILINE) == list("12345")
        assert "```python" in section


@pytest.mark.once
def test_page__names_what_there_is():
    assert set(re.findall(r"[`$] ?make ([a-z-]+)", PAGE)) <= commands()
    for path in re.findall(
        r"`((?:src|tests|docs|benchmarks|requirements|\.github)/[\w/.]*)`", PAGE
    ):
        assert (ROOT / path).exists(), path
    rooms = r"`((?:dispatch|stats|counts|upkeep|api|admin|links)/[\w/.]*|\w+\.(?:py|css))`"
    for path in re.findall(rooms, PAGE):
        assert [*SOURCE.glob(f"**/{path.rstrip('/')}")], path
    names = re.findall(r"-k (test_\w+)", PAGE)
    assert names
    for name in names:
        assert hasattr(contract, name)
