"""Browsers of three engines, driven alike: Chromium by Playwright, the others by WebDriver.

Firefox takes its commands from a socket of its own (Marionette): Debian has no geckodriver. WebKit
has WebKitWebDriver, and needs a screen.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol
from urllib.request import Request, urlopen

from tests import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

START_SECONDS = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""What the standard calls an element in JSON."""
FIREFOX_PREFERENCES = {
    "marionette.port": 0,  # any that is free
    "dom.disable_open_during_load": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Profile(Protocol):
    """A browser that nobody has used before, with a tab in it."""

    def go(self, address: str) -> None: ...
    def click(self, selector: str) -> None: ...
    def value(self, expression: str) -> Any: ...
    def back(self) -> None: ...
    def reload(self) -> None: ...


class Chromium:
    def __init__(self, browser: Browser, agent: str, *, is_private: bool) -> None:
        headers = {"Sec-GPC": "1"} if is_private else {}
        self._context = browser.new_context(user_agent=agent, extra_http_headers=headers)
        self._page = self._context.new_page()
        self._page.set_default_timeout(10_000)

    def go(self, address: str) -> None:
        self._page.goto(address)

    def click(self, selector: str) -> None:
        self._page.click(selector)

    def value(self, expression: str) -> Any:
        return self._page.evaluate(expression)

    def back(self) -> None:
        self._page.go_back()

    def reload(self) -> None:
        self._page.reload()

    def close(self) -> None:
        self._context.close()


class WebDriver:
    """What is the same whichever way the commands of the standard take."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self._send = send

    def go(self, address: str) -> None:
        self._send("Navigate", "POST url", url=address)

    def click(self, selector: str) -> None:
        found = self._send("FindElement", "POST element", using="css selector", value=selector)
        element = found[ELEMENT]
        self._send("ElementClick", f"POST element/{element}/click", id=element)

    def value(self, expression: str) -> Any:
        script = f"return ({expression})"
        return self._send("ExecuteScript", "POST execute/sync", script=script, args=[])

    def back(self) -> None:
        self._send("Back", "POST back")

    def open_behind(self, address: str) -> None:
        """Load a page in a tab that nobody sees."""
        tab = self._send("NewWindow", "POST window/new", type="tab", focus=False)["handle"]
        front = self._send("GetWindowHandle", "GET window")
        self._send("SwitchToWindow", "POST window", handle=tab, focus=False)
        self.go(address)
        self._behind, self._front = tab, front

    def close_what_is_before(self) -> None:
        """So that the tab behind is seen."""
        self._send("SwitchToWindow", "POST window", handle=self._front, focus=False)
        self._send("CloseWindow", "DELETE window")
        self._send("SwitchToWindow", "POST window", handle=self._behind, focus=True)

    def reload(self) -> None:
        self._send("Refresh", "POST refresh")


class Marionette:
    """Firefox's own protocol: JSON with its length before it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
        self._answers = self._socket.makefile("rb")
        self._numbers = count()
        self._read()  # who it is

    def send(self, name: str, way: str = "", **values: Any) -> Any:
        message = json.dumps([0, next(self._numbers), f"WebDriver:{name}", values]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, answer = self._read()
        assert error is None, f"{name}: {error}"
        return answer.get("value", answer) if isinstance(answer, dict) else answer

    def _read(self) -> Any:
        length = b""
        while (byte := self._answers.read(1)) != b":":
            length += byte
        return json.loads(self._answers.read(int(length)))

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


def ask(address: str, way: str, values: Any) -> Any:
    """One command over HTTP."""
    method, _, path = way.partition(" ")
    body = json.dumps(values).encode() if method == "POST" else None
    request = Request(f"{address}/{path}".rstrip("/"), body, method=method)
    with urlopen(request, timeout=START_SECONDS) as answer:
        return json.load(answer)["value"]


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait()


def soon(get: Callable[[], Any]) -> Any:
    """What ``get()`` gives as soon as it doesn't fail."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return get()
        except (OSError, ValueError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextmanager
def chromium(address: str, agent: str) -> Iterator[None]:
    """A page in a Chromium that nobody drives: where it is driven, it prerenders nothing."""
    program = services.require_program("chromium", "chromium-browser", "google-chrome")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0")
        own = (f"--user-data-dir={folder}", f"--user-agent={agent}")
        with running(program, *options, *own, address):
            yield


@contextmanager
def firefox(agent: str, *, is_private: bool) -> Iterator[Profile]:
    program = services.require_program("firefox-esr", "firefox")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        preferences = {
            **FIREFOX_PREFERENCES,
            "general.useragent.override": agent,
            "privacy.globalprivacycontrol.enabled": is_private,
        }
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items())
        Path(folder, "user.js").write_text("\n".join(lines))
        command = (program, "--headless", "--marionette", "--no-remote", "--profile", folder)
        with running(*command, HOME=folder):
            marionette = Marionette(
                soon(lambda: int(Path(folder, "MarionetteActivePort").read_text()))
            )
            try:
                marionette.send("NewSession")
                yield WebDriver(marionette.send)
            finally:
                marionette.close()


@contextmanager
def webkit(agent: str, *, is_private: bool) -> Iterator[Profile]:
    driver = services.require_program("WebKitWebDriver")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    services.require(browsers, "WebKit's MiniBrowser is not installed")
    options = {
        "binary": str(browsers[-1]),
        "args": ["--automation", f"--user-agent={agent}"],
    }
    wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
    port = _free_port()
    address = f"http://127.0.0.1:{port}/session"
    with (
        _screen() as display,
        running(
            driver,
            f"--port={port}",
            DISPLAY=display,
            WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS="1",  # as root there is none
        ),
    ):
        soon(lambda: urlopen(f"http://127.0.0.1:{port}/status"))
        made = ask(address, "POST", {"capabilities": wanted})
        session = f"{address}/{made['sessionId']}"

        def send(name: str, way: str, **values: Any) -> Any:
            return ask(session, way, values)

        try:
            yield WebDriver(send)
        finally:
            ask(session, "DELETE", None)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def _screen() -> Iterator[str]:
    """A screen that nobody sees, and its name."""
    program = services.require_program("Xvfb")
    read, write = os.pipe()
    process = subprocess.Popen(
        [program, "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as name:
            yield f":{name.readline().strip()}"
    finally:
        process.terminate()
        process.wait()
