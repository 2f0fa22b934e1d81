"""An empty folder, a Python, and no other releases than those that are locked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import services
from tests.browser.conftest import browser
from tests.newcomer.pages import ROOT
from tests.newcomer.somebody import Somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["browser"]

DJANGOS = {"django52": (3, 11), "django61": (3, 12)}
"""The file of ``requirements`` that has the Django, and the oldest Python that it runs on."""
OF_PIP = ("INDEX_URL", "EXTRA_INDEX_URL", "CONFIG_FILE", "TRUSTED_HOST", "CERT")
KEPT = ("HOME", "LANG", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", *(f"PIP_{name}" for name in OF_PIP))


def python_for(oldest: tuple[int, int]) -> str:
    if sys.version_info >= oldest:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(oldest[1], 14)]
    found = [path for name in names if (path := shutil.which(name))]
    services.require(found, f"no {' or '.join(names)}")
    return found[0]


def locked(name: str) -> list[str]:
    """The locked releases of everything that may come along, for pip to choose no other."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    return [
        line.removesuffix(" \\")
        for line in lines
        if "==" in line and not line.startswith((" ", "#"))
    ]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture
def somebody(django: str, tmp_path: Path, wheel: Path) -> Iterator[Somebody]:
    """In an empty folder, where ``python`` is one that this Django runs on."""
    programs = tmp_path / "bin"
    programs.mkdir()
    python = programs / "python"
    python.write_text(f'#!/bin/sh\nexec "{python_for(DJANGOS[django])}" "$@"\n')
    python.chmod(0o755)
    others = [line for line in locked("test-base") if not line.startswith("django==")]
    ours = f"django-share-analytics @ {wheel.as_uri()}"
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join([*others, *locked(django), ours]))
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PIP_CONSTRAINT": str(constraints),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "1",
        "PYTHONWARNINGS": "error::DeprecationWarning:django_share_analytics",
    }
    (tmp_path / "store").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reader = Somebody(tmp_path / "store", environment, port)
    yield reader
    reader.stops_the_server()
