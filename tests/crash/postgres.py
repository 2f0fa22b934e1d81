"""A PostgreSQL cluster of the suite's own."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests import services
from tests.crash.servers import HOST, Server


class Postgres(Server):
    """With its defaults: what is committed is on the disk."""

    user = "postgres"

    def __init__(self) -> None:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_of)
        initdb = str(folders[-1] / "initdb") if folders else shutil.which("initdb")
        services.require(initdb, "PostgreSQL's server is not installed")
        self._programs = Path(initdb or "").parent
        super().__init__()
        self.data = self.folder / "data"

    def prepare(self) -> None:
        initdb = str(self._programs / "initdb")
        self.run(initdb, "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")

    def command(self) -> list[str]:
        program = str(self._programs / "postgres")
        place = ["-D", str(self.data), "-p", str(self.port), "-h", HOST, "-k", str(self.folder)]
        return [program, *place]

    def kill(self) -> None:
        """At once, without a checkpoint: it has to recover from its log, as after a ``kill -9``.

        Only that its processes, which are sessions of their own, all end here and now.
        """
        if self._process:
            program = str(self._programs / "pg_ctl")
            with suppress(subprocess.CalledProcessError):  # it has ended already
                self.run(program, "stop", "-D", str(self.data), "-m", "immediate", "-s")
        super().kill()

    def is_answering(self) -> bool:
        import psycopg

        with suppress(psycopg.OperationalError):
            self.connect().close()
            return True
        return False

    def connect(self, name: str = "postgres") -> Any:
        import psycopg

        where = f"host={HOST} port={self.port} user=postgres dbname={name} connect_timeout=5"
        return psycopg.connect(where, autocommit=True)

    def create(self, name: str, template: str = "template1") -> dict[str, Any]:
        """A new database, as Django's setting wants it."""
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": HOST,
            "PORT": str(self.port),
            "USER": "postgres",
            "NAME": name,
        }


def _version_of(folder: Path) -> float:
    return float(folder.parent.name)
