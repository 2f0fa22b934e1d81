"""``make screenshots``: the pictures of the admin pages in ``docs/images``.

From the example project with its simulated shares, in databases of their own that are thrown away:
one that is filled, once more with a pipeline that is behind, and one that is empty.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.services import require_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
MAX_BYTES = 200_000
MANAGE = [sys.executable, str(ROOT / "example_project" / "manage.py")]
PORT = int(os.environ.get("PORT", "8099"))
VIRALITY = "/admin/share_analytics/sharevirality/"
STATISTICS = "/admin/share_analytics/sharestatistics/"
SHARES = "/admin/share_analytics/share/"
APPS = "/admin/catalog/app/"
STORE = "/"
PHONE = {"is_mobile": True, "has_touch": True}
FULL, LATE, EMPTY, LINKLESS, FLOODED = range(5)
"""The sites: what is added to the port."""
ALIKE = "Shares that look alike"
FLOOD = """
from django.utils import timezone
from django_share_analytics.conf import get_app_model
from django_share_analytics.events import ShareEvent
from django_share_analytics.writing.writer import write_shares

app = get_app_model().objects.get(name_en="Noor Reader")
flood = {"timestamp": timezone.now(), "visitor": 7 << 60, "user_agent": "curl/8.5.0"}
write_shares([ShareEvent(app.pk, "facebook", **flood) for _ in range(812)])
"""
"""Somebody with curl in a loop."""


@dataclass(frozen=True)
class Shot:
    """One picture: what is opened, by whom, and how much of it is kept."""

    name: str
    path: str = STATISTICS
    link: str = ""
    """The link to follow first: a drill-down has an address that differs from demo to demo."""
    then: tuple[str, ...] = ()
    """Links to follow from there."""
    site: int = FULL
    width: int = 1280
    height: int = 1100
    media: str = "screen"
    begins_at: str = ""
    """What is scrolled to the top."""
    options: dict[str, Any] = field(default_factory=dict)


SHOTS = (
    Shot("buttons", STORE, link="Noor Reader", width=900, height=480),
    Shot(
        "buttons-dark",
        STORE,
        link="Noor Reader",
        width=900,
        height=480,
        options={"color_scheme": "dark"},
    ),
    Shot("statistics"),
    Shot("statistics-dark", f"{STATISTICS}?days=90", options={"color_scheme": "dark"}),
    Shot("statistics-app", link="Noor Reader", height=1450),
    Shot("share-links", link="Noor Reader", height=470, begins_at="#share-reach-title"),
    Shot(
        "statistics-platform",
        f"{STATISTICS}?days=7&platform=telegram",
        height=860,
        begins_at="#share-platforms-title",
    ),
    Shot("statistics-arabic", options={"locale": "ar"}),
    Shot("statistics-phone", f"{STATISTICS}?days=7", width=390, height=1500, options=PHONE),
    Shot("statistics-arabic-phone", width=390, height=1500, options={**PHONE, "locale": "ar"}),
    Shot("statistics-print", f"{STATISTICS}?days=7", width=794, height=1123, media="print"),
    Shot("statistics-without-script", options={"java_script_enabled": False}, height=900),
    Shot("statistics-forced-colours", options={"forced_colors": "active"}),
    Shot("statistics-errors", f"{STATISTICS}?days=400&from=2026-13-13&platform=fax", height=640),
    Shot("statistics-nothing", f"{STATISTICS}?days=7&platform=pinterest", height=640),
    Shot("statistics-behind", site=LATE, height=640),
    Shot("statistics-empty", site=EMPTY, height=860),
    Shot("virality", VIRALITY, height=1500),
    Shot(
        "virality-time",
        VIRALITY,
        height=1150,
        begins_at="#share-weeks-title",
        options={"color_scheme": "dark"},
    ),
    Shot("virality-cascades", VIRALITY, height=700, begins_at="#share-cascades-title"),
    Shot("virality-arabic", VIRALITY, options={"locale": "ar"}),
    Shot("virality-phone", VIRALITY, width=390, height=1500, options=PHONE),
    Shot("virality-print", VIRALITY, width=794, height=1123, media="print"),
    Shot("virality-few", f"{VIRALITY}?days=7&platform=qr", height=760),
    Shot("virality-without-links", VIRALITY, site=LINKLESS, height=560),
    Shot("shares", SHARES, height=900),
    Shot("look-alikes", link="Noor Reader", then=(ALIKE,), site=FLOODED, height=900),
    Shot(
        "look-alikes-discard", link="Noor Reader", then=(ALIKE, "Discard"), site=FLOODED, height=500
    ),
    Shot("apps", APPS, height=640),
    Shot("apps-change", APPS, link="Noor Reader", height=640),
)


@contextmanager
def sites() -> Iterator[None]:
    """All of them, filled and served."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        full, empty = (environment(f"{folder}/{name}.sqlite3") for name in ("full", "empty"))
        manage(full, "migrate", "--verbosity", "0")
        manage(full, "load_demo")
        manage(full, "find_cascades")
        manage(empty, "migrate", "--verbosity", "0")
        manage(empty, "createsuperuser", "--noinput")
        flooded = environment(f"{folder}/flooded.sqlite3")
        shutil.copy(f"{folder}/full.sqlite3", f"{folder}/flooded.sqlite3")
        manage(flooded, "shell", "-c", FLOOD)
        late = {**full, "DJANGO_SETTINGS_MODULE": "tests.late_settings"}
        linkless = {**empty, "DJANGO_SETTINGS_MODULE": "tests.linkless_settings"}
        every = (
            (FULL, full),
            (LATE, late),
            (EMPTY, empty),
            (LINKLESS, linkless),
            (FLOODED, flooded),
        )
        for site, variables in every:
            servers.enter_context(served(site, variables))
        yield


def environment(database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "SHARE_DISPATCHER": "immediate",
        "DEBUG": "1",
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_PASSWORD": "demo",
        "DJANGO_SUPERUSER_EMAIL": "admin@example.org",
    }


def manage(variables: dict[str, str], *command: str) -> None:
    subprocess.run([*MANAGE, *command], env=variables, check=True)


@contextmanager
def served(site: int, variables: dict[str, str]) -> Iterator[None]:
    serve = [*MANAGE, "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{PORT + site}"]
    with subprocess.Popen(serve, env=variables, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"{address(site)}/admin/login/")
            yield
        finally:
            server.terminate()


def address(site: int) -> str:
    return f"http://127.0.0.1:{PORT + site}"


def wait_for(url: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urlopen(url, timeout=5).close()
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def log_in(page: Page, site: int) -> None:
    page.goto(f"{address(site)}/admin/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "demo")
    page.locator("[type=submit]").click()
    page.wait_for_url(f"{address(site)}/admin/")


def take(browser: Browser, shot: Shot) -> Path:
    size: Any = {"width": shot.width, "height": shot.height}
    context = browser.new_context(viewport=size, **shot.options)
    page = context.new_page()
    log_in(page, shot.site)
    page.goto(address(shot.site) + shot.path)
    if shot.link:
        page.get_by_role("link", name=shot.link).first.click()
        page.get_by_role("heading", name=shot.link).wait_for()
    for link in shot.then:
        page.get_by_role("link", name=link).first.click()
    media: Any = shot.media
    page.emulate_media(media=media)
    if shot.begins_at:
        page.locator(shot.begins_at).evaluate("(one) => one.scrollIntoView()")
    path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = require_program("chromium", "chromium-browser", "google-chrome")
    with sites(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            path = take(browser, shot)
            size = path.stat().st_size
            print(f"{path.relative_to(ROOT)}  {size // 1024} kB")
            assert size < MAX_BYTES, "too large for the repository"
        browser.close()


if __name__ == "__main__":
    main()
