"""What is in the wheel: everything that a host needs, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import django_share_analytics

if TYPE_CHECKING:
    from email.message import Message

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
NO_SOURCE = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return HeaderParser().parsestr(wheel.read(name).decode())


def test_there_is_one_version(metadata: Message) -> None:
    assert django_share_analytics.__version__ == metadata["Version"]
    assert version("django-share-analytics") == metadata["Version"]


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    files = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == files


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "migrations/0001_initial.py",
        "static/share_analytics/share.js",
        "static/share_analytics/share-links.js",
        "static/share_analytics/share.d.ts",
        "static/share_analytics/share.css",
        "static/share_analytics/admin.css",
        "static/share_analytics/stats.js",
    ],
)
def test_the_wheel_has(wheel: zipfile.ZipFile, name: str) -> None:
    assert f"django_share_analytics/{name}" in wheel.namelist()


def test_the_wheel_has_templates(wheel: zipfile.ZipFile) -> None:
    assert any("/templates/" in name and name.endswith(".html") for name in wheel.namelist())


def test_the_licence_comes_along(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel.namelist())


def test_the_core_needs_three_packages(metadata: Message) -> None:
    needed = metadata.get_all("Requires-Dist", [])
    core = sorted(line.split(">")[0] for line in needed if "extra ==" not in line)
    assert core == ["django", "django-filter", "djangorestframework"]


def test_the_readme_is_the_description(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload().strip() == (ROOT / "README.md").read_text().strip()


@pytest.mark.slow
@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_the_same_source_makes_the_same_file(target: str, tmp_path: Path) -> None:
    """Whoever builds it again, anywhere, can see that what was published was made of this."""
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    one = build_of_a_copy(target, tmp_path / "one", umask=0o022)
    other = build_of_a_copy(target, tmp_path / "somewhere" / "else", umask=0o077)
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def build_of_a_copy(target: str, folder: Path, umask: int) -> Path:
    """The file that comes of it in a folder of its own, with another mask for new files."""
    out, before = folder / "out", os.umask(umask)
    try:
        shutil.copytree(ROOT, folder / "source", ignore=NO_SOURCE, copy_function=shutil.copyfile)
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)],
            cwd=folder / "source",
            env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
            check=True,
            capture_output=True,
        )
    finally:
        os.umask(before)
    (path,) = out.iterdir()
    return path
