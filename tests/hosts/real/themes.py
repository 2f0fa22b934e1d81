"""How the admin of a project is turned light and dark, and what is its own in our pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.hosts.real.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Mapping


DENIED = {
    "who may not see a page is told which permission is missing": [
        Visit(f"GET /admin/share_analytics/{name}/", by="editor", status=403, has=(permission,))
        for name, permission in (
            ("sharestatistics", "share_analytics.view_sharestatistics"),
            ("sharevirality", "share_analytics.view_sharestatistics"),
            ("share", "share_analytics.view_share"),
            ("setaside", "share_analytics.view_setaside"),
        )
    ],
}


@dataclass(frozen=True)
class Theme:
    light: str
    """The script that makes the reader's choice."""
    dark: str
    filters: str = ""
    """What is clicked before the filters of a list are seen."""
    chatter: tuple[str, ...] = ()
    """The beginnings of lines in the console that are the theme's own."""
    known: Mapping[str, str] = field(default_factory=dict)
    """What axe-core finds of the theme's own: rules, and selectors of where."""
    is_for_phones: bool = True
    pictured: str = "dark"
    """The scheme of its picture in docs/images."""

    def script(self, scheme: str) -> str:
        return {"light": self.light, "dark": self.dark}[scheme]
