from __future__ import annotations

from wagtail.models import Page


class GamePage(Page):
    """A child of Wagtail's own model, in tables of both."""

    template = "wagtail_host/game_page.html"

    def get_absolute_url(self) -> str | None:
        """What Wagtail calls otherwise; docs/how-to/wagtail.md says so."""
        return self.get_url()
