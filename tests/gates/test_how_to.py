"""The gates of ``how-to/gates.md`` do what it says, and the page names those that there are."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from django_share_analytics import outcomes
from django_share_analytics.conf import DEFAULT_GATES
from django_share_analytics.gates.chain import gates_at
from django_share_analytics.models import OutcomeHour, Share

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "how-to" / "gates.md").read_text()
GATES, SETTINGS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def sale(monkeypatch, configure):
    """The page's module, and its settings; what is on sale."""
    module = ModuleType("shop.gates")
    exec(GATES, vars(module))
    monkeypatch.setitem(sys.modules, "shop", ModuleType("shop"))
    monkeypatch.setitem(sys.modules, "shop.gates", module)
    names: dict[str, dict] = {}
    exec(SETTINGS, names)
    configure(**names["SHARE_ANALYTICS"], PLACEMENTS=["top", "support"])
    gates_at.cache_clear()
    return module.SALE


@pytest.fixture
def post(client, app):
    def post(placement="top", **meta):
        body = {"appId": str(app.pk), "platform": "x", "sessionId": "s", "placement": placement}
        return client.post("/api/shares", body, content_type="application/json", **meta)

    return post


@pytest.mark.django_db
def test_the_office__is_left_out_and_counted_as_such(sale, post):
    assert post(REMOTE_ADDR="10.1.2.3")["Share-Filtered"] == "office"
    assert "Share-Filtered" not in post(REMOTE_ADDR="10.2.2.3")
    assert list(OutcomeHour.objects.values_list("reason", "n")) == [("office", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(("placement", "kept"), [("top", "s"), ("support", "")])
def test_who_shares__is_forgotten_where_it_is_the_support(sale, post, placement, kept):
    post(placement)
    assert Share.objects.get().session_id == kept


@pytest.mark.django_db
def test_the_sale__asks_to_come_back(sale, post):
    sale["is_busy"] = True
    answer = post()
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")


@pytest.mark.once
def test_page__names_the_gates_in_their_order():
    assert tuple(re.findall(r"^\| `(django_share_analytics\.gates[\w.]+)`", PAGE, re.M)) == (
        DEFAULT_GATES
    )


@pytest.mark.once
def test_operators_page__says_what_each_reason_means():
    values = [value for name, value in vars(outcomes).items() if name.isupper()]
    known = {value for value in values if isinstance(value, str)}
    page = (DOCS / "how-to" / "operating.md").read_text()
    section = page.partition("\n## Why a share was not recorded\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == known
