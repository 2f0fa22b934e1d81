"""Addresses as hosts, their users and strangers make them up, and what becomes of each."""

from __future__ import annotations

OWN_PAGES = [
    ("/there?a=1&b=2#c", "/there?a=1&b=2#c"),
    ("", "/list/page"),
    ("?page=2", "/list/page?page=2"),
    ("there", "/list/there"),
    ("../up", "/up"),
    ("../../../up", "/up"),
    ("/a b/ä", "/a%20b/%C3%A4"),
    ("//evil.example/x", "//evil.example/x"),
    ("///evil.example/x", "///evil.example/x"),
    ("/\\evil.example", "/%5Cevil.example"),
    ("\\\\evil.example", "/list/%5C%5Cevil.example"),
    ("/\t/evil.example", "//evil.example"),
    ("\n//evil.example", "//evil.example"),
    (" //evil.example ", "//evil.example"),
    ("\x01/x", "/x"),
    ("/x\x00y", "/x%00y"),
    ("/x\ud800y", "/x%EF%BF%BDy"),
    ("/x\u202ey", "/x%E2%80%AEy"),
    ("vbscript :x", "/list/vbscript%20:x"),
    ("/javascript:alert(1)", "/javascript:alert(1)"),
    ("?next=javascript:alert(1)", "/list/page?next=javascript:alert(1)"),
    ("@evil.example", "/list/@evil.example"),
]
"""Seen from ``/list/page``: the whole of them begins with the site's own scheme and host."""

ELSEWHERE = [
    "https://elsewhere.example/x",
    "http://elsewhere.example",
    "HTTPS://Elsewhere.Example:8443/x?y=z#a",
    "https://[2001:db8::1]/x",
    "https://xn--bcher-kva.example/",
    "https://elsewhere.example/@user",
    "https://elsewhere.example?next=https://a@b",
]

REFUSED = [
    *[
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
    ],
    *[
        "\x01javascript:alert(1)",
        "java\tscript\r:alert(1)",
        "javascript://elsewhere.example/%0aalert(1)",
    ],
    *["data:text/html,x", "DATA:x", "vbscript:x", "VbScript\n:x", "file:///etc/passwd", "blob:x"],
    *["mailto:a@b.example", "about:blank", "view-source:https://a.example", "ftp://a.example/"],
    *["http:evil.example", "https:/evil.example", "http:///evil.example", "http:\\\\evil.example"],
    *["https://", "https://:80/", "https://?x", "https://#x", "https://evil.example:99999/"],
    *[
        "https://evil.example:port/",
        "https://[evil",
        "https://e]vil.example/",
        "https://%65vil.example/",
    ],
    *[
        "https://bank.example@evil.example/",
        "https://bank.example:pass@evil.example/",
        "https://@a.b/",
    ],
    *["https://bank.example\\@evil.example/", "https://evil.example\\.bank.example/"],
    *["https://bank.example @evil.example/", "https://e vil.example/", "https://evil\x00.example/"],
    *["https://evil\xa0.example/", "https://evil\ud800.example/", "https://ev|il.example/"],
]
