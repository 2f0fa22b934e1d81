from __future__ import annotations

from tests.hosts.real.themes import DENIED, Theme

VISITS = DENIED
CHOOSE = 'localStorage.setItem("theme", "{}")'
THEME = Theme(
    light=CHOOSE.format("light"),
    dark=CHOOSE.format("dark"),
    filters=".grp-pulldown-handler",
    chatter=("JQMIGRATE",),
    is_for_phones=False,
)
