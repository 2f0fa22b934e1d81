from __future__ import annotations

from typing import Any

from tests.hosts.real.themes import Theme

VISITS: dict[str, Any] = {}
CHOOSE = 'localStorage.setItem("jazzmin-theme-mode", "{}")'
THEME = Theme(
    light=CHOOSE.format("light"),
    dark=CHOOSE.format("dark"),
    pictured="light",
    known={"listitem": ".object-tools"},
)
