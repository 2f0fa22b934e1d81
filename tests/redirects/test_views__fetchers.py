"""What networks, browsers and scanners do with a link that is sent, request by request: what they
are is stored as that, and nobody has visited until somebody has."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import NamedTuple

import pytest

from django_share_analytics.links.addresses import link_of
from django_share_analytics.links.codes import code_of
from django_share_analytics.models import LinkStep
from tests.factories import outcomes, steps_counted_by_hand, stored_step_counts
from tests.links.known_agents import CHROME, FIREFOX, IPHONE, SAFARI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_visitors")]

SENDER, READER, NETWORK, SCANNER = "203.0.113.7", "198.51.100.9", "192.0.2.30", "192.0.2.99"
PHONE = f"{IPHONE} Version/18.5 Safari/604.1"
VISIT = "visit"
OPENED = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


class Ask(NamedTuple):
    """A request for the link; or, as ``VISIT``, what the script on the page says."""

    agent: str
    address: str = NETWORK
    method: str = "get"
    headers: dict[str, str] = {}


def in_advance(purpose: str) -> Ask:
    return Ask(CHROME, READER, headers={**OPENED, "sec-purpose": purpose})


def preview(network: str) -> dict[tuple[str, str], int]:
    return {("preview", network): 1}


OF_A_VISITOR = {("click", ""): 1, ("visit", ""): 1, ("reached", ""): 1}
FACEBOOK = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
IMESSAGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
    "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
)
SLACK = "(+https://api.slack.com/robots)"
LINKEDIN = "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"

FETCHERS = {
    "X looks once, and then thrice as browsers do": (
        [
            Ask("Twitterbot/1.0"),
            Ask(CHROME, "192.0.2.31", "head"),
            Ask(SAFARI, "192.0.2.32", "head"),
            Ask(FIREFOX, "192.0.2.33", "head"),
        ],
        preview("twitter"),
    ),
    "WhatsApp on the sender's phone": (
        [Ask("WhatsApp/2.23.20.0 A", SENDER)] * 2,
        preview("whatsapp"),
    ),
    "WhatsApp on the sender's computer": (
        [Ask("WhatsApp/2.2332.9 N", SENDER)],
        preview("whatsapp"),
    ),
    "iMessage on the sender's phone": ([Ask(IMESSAGE, SENDER)], preview("imessage")),
    "Signal on the sender's phone": ([Ask("WhatsApp/2", SENDER)], preview("signal")),
    "Telegram": ([Ask("TelegramBot (like TwitterBot)")] * 2, preview("telegram")),
    "Slack": (
        [
            Ask(f"Slackbot-LinkExpanding 1.0 {SLACK}", headers={"range": "bytes=0-32768"}),
            Ask(f"Slackbot 1.0 {SLACK}", "192.0.2.31"),
            Ask(f"Slack-ImgProxy 0.66 {SLACK}", "192.0.2.32"),
        ],
        preview("slack"),
    ),
    "Discord, and its proxy for pictures": (
        [
            Ask("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"),
            Ask(
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 11.6; rv:92.0) Gecko/20100101 Firefox/92.0",
                "192.0.2.31",
            ),
        ],
        preview("discord"),
    ),
    "Facebook, from several machines": (
        [
            Ask(FACEBOOK, "2001:db8:11ff::1", headers={"range": "bytes=0-524287"}),
            Ask(FACEBOOK, "2001:db8:22ff::1"),
            Ask("facebookexternalhit/1.1", "2001:db8:33ff::1"),
        ],
        preview("facebook"),
    ),
    "Bluesky": (
        [Ask("Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)")],
        preview("bluesky"),
    ),
    "LinkedIn": ([Ask(LINKEDIN, method="head"), Ask(LINKEDIN), Ask(LINKEDIN)], preview("linkedin")),
    "two networks": (
        [Ask("WhatsApp/2.23.20.0 A", SENDER), Ask("TelegramBot (like TwitterBot)")],
        {**preview("whatsapp"), **preview("telegram")},
    ),
}
BROWSERS = {
    "Chrome prefetches it": ([in_advance("prefetch")], {}),
    "Chrome prefetches it on a private proxy": (
        [in_advance("prefetch;anonymous-client-ip")],
        {},
    ),
    "Chrome prerenders it, and nobody looks": ([in_advance("prefetch;prerender")], {}),
    "Chrome prerenders it, and somebody looks": (
        [in_advance("prefetch;prerender"), Ask(CHROME, READER, VISIT)],
        OF_A_VISITOR,
    ),
    "Chrome prefetches it, and somebody comes": (
        [in_advance("prefetch"), Ask(CHROME, READER, headers=OPENED), Ask(CHROME, READER, VISIT)],
        OF_A_VISITOR,
    ),
    "somebody comes, twice": (
        [Ask(PHONE, READER, headers=OPENED), Ask(PHONE, READER, VISIT)] * 2,
        OF_A_VISITOR,
    ),
    "in WhatsApp, and then somebody comes": (
        [
            Ask("WhatsApp/2.23.20.0 A", SENDER),
            Ask(PHONE, READER, headers=OPENED),
            Ask(PHONE, READER, VISIT),
        ],
        {**preview("whatsapp"), **OF_A_VISITOR},
    ),
    "a mail scanner that looks like a browser": (
        [Ask(CHROME, SCANNER), Ask(CHROME, SCANNER, "head")],
        {("click", ""): 1},
    ),
    "scanners that look like browsers, and then somebody comes": (
        [
            Ask(CHROME, SCANNER),
            Ask(CHROME, "192.0.2.98", headers=OPENED),
            Ask(PHONE, READER, headers=OPENED),
            Ask(PHONE, READER, VISIT),
        ],
        {**OF_A_VISITOR, ("click", ""): 3},
    ),
}
NO_STEPS = {
    "the sender looks whether it works": (
        [Ask(PHONE, SENDER, headers=OPENED), Ask(PHONE, SENDER, VISIT)],
        {"own": 2},
    ),
    "a mail scanner that says so": ([Ask("Barracuda Sentinel (EE)", SCANNER)] * 2, {"bot": 2}),
    "a robot that runs scripts": ([Ask(f"{CHROME} Chrome-Lighthouse", SCANNER, VISIT)], {"bot": 1}),
}


@pytest.fixture
def replay(client, app):
    """Somebody shares; then all of this is asked."""
    share, key = uuid.uuid4(), app.pk if isinstance(app.pk, int) else str(app.pk)

    def say(path, body, agent, address):
        response = client.post(
            path, body, "application/json", headers={"user-agent": agent}, REMOTE_ADDR=address
        )
        assert response.status_code == 202

    def replay(requests):
        body = {"id": str(share), "appId": key, "platform": "copy"}
        say("/api/shares", body, PHONE, SENDER)
        for agent, address, method, headers in requests:
            if method == VISIT:
                say(f"/api/shares/{code_of(share)}/visits", {"appId": key}, agent, address)
                continue
            response = getattr(client, method)(
                link_of(share, app.pk),
                headers={"user-agent": agent, **headers},
                REMOTE_ADDR=address,
            )
            assert response.status_code == 302
        assert stored_step_counts() == steps_counted_by_hand()
        return Counter(LinkStep.objects.filter(share=share).values_list("kind", "detail"))

    return replay


@pytest.mark.parametrize("pattern", FETCHERS)
def test_fetchers__are_previews_of_their_network(pattern, replay):
    requests, stored = FETCHERS[pattern]
    assert replay(requests) == stored
    assert outcomes() == {}


@pytest.mark.parametrize("pattern", BROWSERS)
def test_browsers__visit_when_somebody_looks(pattern, replay):
    requests, stored = BROWSERS[pattern]
    assert replay(requests) == stored
    assert outcomes() == {}


@pytest.mark.parametrize("pattern", NO_STEPS)
def test_no_step__is_counted_by_reason(pattern, replay):
    requests, counted = NO_STEPS[pattern]
    assert replay(requests) == {}
    assert outcomes() == counted
