from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.links import agents
from django_share_analytics.links.agents import Agent, AgentKind, agent_of
from django_share_analytics.platforms import BUILT_IN
from tests.links import known_agents as known

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("name", "network"), known.FETCHERS)
def test_fetchers_are_previews_of_their_network(crawler_names, name, network):
    assert agent_of(name) == Agent(AgentKind.PREVIEW, network)


@pytest.mark.parametrize(("name", "network"), known.IN_APPS)
def test_browsers_in_apps_are_browsers_of_a_network(crawler_names, name, network):
    assert agent_of(name) == Agent(AgentKind.BROWSER, network)


@pytest.mark.parametrize("name", known.BROWSERS)
def test_browsers_are_nothing_else(crawler_names, name):
    assert agent_of(name) == Agent(AgentKind.BROWSER)


@pytest.mark.parametrize("name", known.ROBOTS)
def test_robots_are_robots(crawler_names, name):
    assert agent_of(name) == Agent(AgentKind.ROBOT)


@pytest.mark.parametrize("name", known.OTHERS)
def test_libraries_and_native_apps_are_neither(crawler_names, name):
    assert agent_of(name) == Agent(AgentKind.OTHER)


@pytest.mark.parametrize("crawler_names", ["with the package"], indirect=True)
@pytest.mark.parametrize("name", known.ROBOTS_OF_THE_PACKAGE)
def test_robots_that_look_like_browsers_are_known_by_the_package(crawler_names, name):
    assert agent_of(name) == Agent(AgentKind.ROBOT)


@pytest.mark.parametrize("crawler_names", ["with the package"], indirect=True)
def test_no_robot_of_the_package_clicks(crawler_names):
    """But for those patterns that are people's, too."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    clicking = {
        entry["pattern"]
        for entry in CRAWLER_USER_AGENTS_DATA
        for name in entry["instances"]
        if len(name) <= agents.MAX_AGENT_LENGTH and agent_of(name).kind is AgentKind.BROWSER
    }
    assert clicking <= agents.MISTAKEN


def test_networks_have_the_names_of_platforms():
    aliases = {alias for platform in BUILT_IN for alias in platform.aliases}
    named = {network for _, network in (*agents.FETCHERS, *agents.APPS)}
    assert named & aliases == set()


@given(st.text(max_size=3_000))
def test_any_name_has_an_answer(name):
    assert agent_of(name) == agent_of(name[: agents.MAX_AGENT_LENGTH])


def test_huge_names_are_cut_and_few_are_kept():
    assert agent_of("x" * 10**7 + "Googlebot") == Agent(AgentKind.OTHER)
    assert agents._agent_of.cache_info().maxsize == agents.KEPT_AGENTS


@pytest.mark.parametrize(
    "bait",
    [
        "a@", "a@a.", "a", " ", "(", "Mozilla/5.0 (", "facebookexternalhit/1.", "bot", "cu",
        "compatible", "http", "Google", "facebookexternalhit/1.1 Facebot ", "0", "-", "\n", "İ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("crawler_names", ["with the package"], indirect=True)
def test_no_name_takes_long(crawler_names, bait):
    """A name like any takes a millisecond at most; one that patterns backtrack on takes seconds."""
    agent_of("the patterns are compiled")
    start = time.process_time()
    for prefix in ("", "Mozilla/5.0 ("):
        agent_of(prefix + bait * 500)
    assert time.process_time() - start < 0.25


@pytest.mark.usefixtures("_forgotten_agents")
@pytest.mark.parametrize("data", [None, [{"pattern": "("}], [{}], [None]])
def test_data_of_a_form_of_tomorrow_is_no_reason_to_fail(data, monkeypatch, caplog):
    class Package:
        CRAWLER_USER_AGENTS_DATA = data

    monkeypatch.setitem(sys.modules, "crawleruseragents", Package)
    assert agent_of(known.CHROME) == Agent(AgentKind.BROWSER)
    assert "crawler-user-agents" in caplog.text
