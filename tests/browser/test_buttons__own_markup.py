"""The markup that the page on customising shows is served by our script as ours is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.template import Template
from django.utils.encoding import iri_to_uri

from tests.browser import urls
from tests.browser.helpers import eventually, stored
from tests.customising.pages import files_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.once, pytest.mark.slow]

NAME = "share_analytics/buttons.html"


@pytest.fixture(autouse=True)
def own_template(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "share_analytics").mkdir()
    (tmp_path / NAME).write_text(files_on("buttons")[f"templates/{NAME}"])
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    monkeypatch.setattr(urls, "PAGE", Template(urls.PAGE.source))


def test_a_tap__is_counted_copied_and_seen(
    visit: Callable[..., Visit], new_context: Any, app: Any
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    here = visit(app, context=context, platforms="telegram,copy,native")
    assert here.page.locator(".our-buttons").count() == 1
    assert not here.button("native").is_visible()

    assert here.share("telegram") == 202
    assert here.share("copy") == 202

    eventually(lambda: stored() == [(app.pk, "copy"), (app.pk, "telegram")])
    assert here.button("copy").inner_text().strip() == "Link copied"
    assert here.counts()["total"] == "2"
    copied = here.page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(iri_to_uri(app.get_absolute_url()))
    assert here.console == []
