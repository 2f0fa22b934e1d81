"""``make screenshots``: the pictures of the statistics page in ``docs/images``.

From the example project with its simulated shares, in a database of its own that is thrown away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
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
MANAGE = [sys.executable, str(ROOT / "example_project" / "manage.py")]
PORT = os.environ.get("PORT", "8099")
SITE = f"http://127.0.0.1:{PORT}"
PAGE = "/admin/share_analytics/sharestatistics/"


@dataclass(frozen=True)
class Shot:
    """One picture: what is opened, by whom, and how much of it is kept."""

    name: str
    query: str = ""
    app: str = ""
    """The link to follow first: a drill-down has an address that differs from demo to demo."""
    width: int = 1240
    height: int = 1100
    options: dict[str, Any] = field(default_factory=dict)


SHOTS = (
    Shot("statistics"),
    Shot("statistics-dark", "?days=90", options={"color_scheme": "dark"}),
    Shot("statistics-app", app="Noor Reader"),
    Shot("statistics-arabic", options={"locale": "ar"}),
    Shot(
        "statistics-phone",
        "?days=7",
        width=390,
        height=1500,
        options={"is_mobile": True, "has_touch": True},
    ),
)


@contextmanager
def demo() -> Iterator[None]:
    """The example project, filled and served."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "SHARE_DISPATCHER": "immediate",
            "DEBUG": "1",
        }
        for command in (["migrate", "--verbosity", "0"], ["load_demo"]):
            subprocess.run([*MANAGE, *command], env=environment, check=True)
        serve = [*MANAGE, "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{PORT}"]
        with subprocess.Popen(serve, env=environment, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(f"{SITE}/admin/login/")
                yield
            finally:
                server.terminate()


def wait_for(address: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urlopen(address, timeout=5).close()
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def log_in(page: Page) -> None:
    page.goto(f"{SITE}/admin/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "demo")
    page.locator("[type=submit]").click()
    page.wait_for_url(f"{SITE}/admin/")


def take(browser: Browser, shot: Shot) -> Path:
    size = {"width": shot.width, "height": shot.height}
    context = browser.new_context(viewport=size, **shot.options)
    page = context.new_page()
    log_in(page)
    page.goto(SITE + PAGE + shot.query)
    if shot.app:
        page.get_by_role("link", name=shot.app).first.click()
        page.get_by_role("heading", name=shot.app).wait_for()
    path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = require_program("chromium", "chromium-browser", "google-chrome")
    with demo(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            path = take(browser, shot)
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB")
        browser.close()


if __name__ == "__main__":
    main()
