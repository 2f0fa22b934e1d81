from __future__ import annotations

from tests.hosts.real.themes import DENIED, Theme

VISITS = DENIED
CHOOSE = 'localStorage.setItem("adminTheme", JSON.stringify("{}"))'
THEME = Theme(
    light=CHOOSE.format("light"),
    dark=CHOOSE.format("dark"),
    filters=".filter-open-button",
)
