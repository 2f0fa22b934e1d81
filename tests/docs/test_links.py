"""Links of the pages that are read beside the site lead somewhere; Sphinx looks at the others."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.docs.collecting import BESIDE_THE_SITE, ROOT, pages

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

LINK = re.compile(
    r"\]\((?P<target>[^)\s]+)\)|<(?P<address>https?://[^>\s]+)>|href=\"(?P<href>[^\"]+)\""
)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
BESIDE = [ROOT / name for name in (*BESIDE_THE_SITE, "CHANGELOG.md") if (ROOT / name).exists()]

HOSTS = {
    "blog.cloudflare.com",
    "django-grappelli.readthedocs.io",
    "django-jazzmin.readthedocs.io",
    "django-share-analytics.readthedocs.io",
    "docs.djangoproject.com",
    "github.com",
    "matomo.org",
    "plausible.io",
    "privacyinternational.org",
    "programmatic-portugal.com",
    "semver.org",
    "unfoldadmin.com",
    "www.rubydoc.info",
    "www.theguardian.com",
}
"""Where links out of the documentation may lead: add one when you have looked at it."""


def links(path: Path) -> list[str]:
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    return ["".join(found) for found in LINK.findall(text)]


def anchors(path: Path) -> set[str]:
    """Those that GitHub and our site make of headings, and those that are set."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    seen: Counter[str] = Counter()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", heading).lower().strip())
        slug = words.replace(" ", "-")
        seen[slug] += 1
    numbered = {f"{slug}-{n}" for slug, times in seen.items() for n in range(1, times)}
    return {*seen, *numbered, *re.findall(r"^\(([\w-]+)\)=$|(?:id|name)=\"([\w-]+)\"", text, re.M)}


@pytest.mark.parametrize("path", BESIDE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links__lead_to_a_file_and_a_heading(path: Path) -> None:
    dead = [link for link in links(path) if "://" not in link and not _leads_somewhere(path, link)]
    assert dead == []


def _leads_somewhere(path: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    if not target.exists() or not anchor:
        return target.exists()
    return anchor in anchors(target)


def test_links_elsewhere__are_whole_and_lead_to_hosts_that_are_known() -> None:
    wrong = []
    for path in (*pages(), ROOT / "CHANGELOG.md"):
        for link in (link for link in links(path) if "://" in link):
            parts = urlsplit(link)
            if parts.hostname == "127.0.0.1":
                continue
            if (parts.scheme, parts.hostname in HOSTS) != ("https", True):
                wrong.append(f"{path.relative_to(ROOT)}: {link}")
    assert wrong == []
