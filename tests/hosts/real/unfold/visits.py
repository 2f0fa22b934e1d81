from __future__ import annotations

from typing import Any

from tests.hosts.real.themes import Theme

VISITS: dict[str, Any] = {}
CHOOSE = 'localStorage.setItem("adminTheme", JSON.stringify("{}"))'
THEME = Theme(
    light=CHOOSE.format("light"),
    dark=CHOOSE.format("dark"),
    filters=".filter-open-button",
)
