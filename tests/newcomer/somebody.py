"""Somebody with a terminal, an editor and an empty folder."""

from __future__ import annotations

import os
import select
import subprocess
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.browser.helpers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.newcomer.pages import Step

PASSWORD = "correct horse battery"
SERVER = "python manage.py runserver"


@dataclass
class Somebody:
    """Types what a page says. One terminal: what a command exports, the next one has."""

    folder: Path
    environment: dict[str, str]
    port: int
    server: subprocess.Popen[bytes] | None = None
    said: dict[str, str] = field(default_factory=dict)
    """Command → what it said, the last time."""

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def follows(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if step.language == "console":
                for command in step.commands:
                    self.types(command)
            else:
                self.writes(step.file, step.code, behind=step.is_added)

    def types(self, command: str) -> None:
        self.stops_the_server()
        if command == SERVER:
            self.starts_the_server()
        elif "createsuperuser" in command:
            self.said[command] = self._answers(command)
        else:
            self.said[command] = self._runs(command)

    def writes(self, file: str, code: str, *, behind: bool = False) -> None:
        self.stops_the_server()
        path = self.folder / file
        assert path.exists() or not behind, f"{file} has no end"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.read_text()}\n{code}" if behind else code)

    def _runs(self, command: str) -> str:
        done = subprocess.run(
            self._in_the_terminal(command),
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _in_the_terminal(self, command: str) -> list[str]:
        kept = self.folder.parent / "terminal"
        kept.touch()
        return ["bash", "-c", f". {kept}\n{command}\ncode=$?; export -p >{kept}; exit $code"]

    def _answers(self, command: str) -> str:
        """Types the password, twice: it is asked of a terminal, and of nothing else."""
        keyboard, terminal = os.openpty()
        asking = subprocess.Popen(
            self._in_the_terminal(command),
            cwd=self.folder,
            env=self.environment,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        said = ""
        for letter in _letters(keyboard):
            said += letter
            if said.endswith(": "):
                os.write(keyboard, f"{PASSWORD}\n".encode())
        os.close(keyboard)
        assert asking.wait(60) == 0, said
        return said

    @property
    def log(self) -> Path:
        return self.folder.parent / "server.log"

    def starts_the_server(self) -> None:
        with self.log.open("w") as output:
            self.server = subprocess.Popen(
                self._in_the_terminal(f"exec {SERVER} --noreload {self.port}"),
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        eventually(lambda: self._is_answered() or self.server_has_ended, seconds=60)
        assert not self.server_has_ended, self.log.read_text()

    @property
    def server_has_ended(self) -> bool:
        return self.server is not None and self.server.poll() is not None

    def _is_answered(self) -> bool:
        try:
            address = f"{self.site}/admin/login/"
            return bool(urllib.request.urlopen(address, timeout=5).status == 200)
        except OSError:
            return False

    def stops_the_server(self) -> None:
        if self.server is None:
            return
        self.server.terminate()
        self.server.wait(20)
        self.server = None
        assert "Traceback" not in self.log.read_text(), self.log.read_text()


def _letters(terminal: int) -> Iterator[str]:
    """What appears, until the last program that has the terminal ends."""
    while select.select([terminal], [], [], 60)[0]:
        try:
            letter = os.read(terminal, 1)
        except OSError:  # how Linux says that nobody is there any more
            return
        yield letter.decode()
