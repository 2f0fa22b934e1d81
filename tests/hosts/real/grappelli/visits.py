from __future__ import annotations

from typing import Any

from tests.hosts.real.themes import Theme

VISITS: dict[str, Any] = {}
CHOOSE = 'localStorage.setItem("theme", "{}")'
THEME = Theme(
    light=CHOOSE.format("light"),
    dark=CHOOSE.format("dark"),
    filters=".grp-pulldown-handler",
    chatter=("JQMIGRATE",),
    is_for_phones=False,
)
