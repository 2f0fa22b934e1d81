from __future__ import annotations

from tests.hosts.real.themes import DENIED, Theme

VISITS = DENIED
CHOOSE = 'localStorage.setItem("jazzmin-theme-mode", "{}")'
THEME = Theme(
    light=CHOOSE.format("light"),
    dark=CHOOSE.format("dark"),
    pictured="light",
    known={"listitem": ".object-tools"},
)
