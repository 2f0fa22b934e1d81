"""What no script is needed for: every page is a whole one. ``test_navigation`` has the rest."""

from __future__ import annotations

from tests.hosts.real.visits import Visit

VISITS = {
    "the scripts are there": [
        Visit("GET /none/things/{app}", has="share-buttons"),
        Visit("GET /turbo/things/{app}", has="turbo.min.js"),
        Visit("GET /htmx-4/things/{app}", has="hx-boost"),
    ],
}
