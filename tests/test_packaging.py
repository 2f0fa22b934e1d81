"""What is in the wheel: everything that a host needs, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
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
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
URLS = PROJECT["project"]["urls"]
PAGES = f"{URLS['Documentation']}en/latest/"
FILES = f"{URLS['Source']}/blob/main/"
PICTURES = f"{URLS['Source']}/main/".replace("github.com", "raw.githubusercontent.com")
LINK = re.compile(r'\]\((?P<md>[^)\s]+)\)|\b(?:src|srcset|href)="(?P<html>[^"\s]+)"')
IMAGE = re.compile(
    r'!\[[^\]]*\]\((?P<md>[^)\s]+)\)|<(?:img|source)[^>]*src(?:set)?="(?P<html>[^"\s]+)'
)
SIZES = re.compile(r"The wheel has (?P<wheel>[\d,]+) kB, unpacked (?P<unpacked>[\d,]+) kB")
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
        "locale/ar/LC_MESSAGES/django.mo",
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


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [one["md"] or one["html"] for one in pattern.finditer(text)]


def without_links(text: str) -> str:
    return LINK.sub("", text).strip()


def test_the_readme_is_the_description(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    readme = (ROOT / "README.md").read_text()
    assert without_links(metadata.get_payload()) == without_links(readme)
    assert len(found(LINK, metadata.get_payload())) == len(found(LINK, readme)) > 10


def test_the_description__has_no_link_that_needs_the_repository_around_it(
    metadata: Message,
) -> None:
    links = found(LINK, metadata.get_payload())
    assert [link for link in links if not link.startswith(("https://", "mailto:"))] == []


def source_of(link: str) -> Path | None:
    """The file behind an address of ours, before it is published; ``None``: it is not ours."""
    address = link.partition("#")[0]
    if address.startswith(PAGES):
        return ROOT / "docs" / f"{address.removeprefix(PAGES).removesuffix('.html')}.md"
    for start in (FILES, PICTURES):
        if address.startswith(start):
            return ROOT / address.removeprefix(start)
    assert not address.startswith(URLS["Documentation"]) or address == URLS["Documentation"], link
    return None


def test_the_description__leads_to_what_is_there(metadata: Message) -> None:
    sources = {link: source_of(link) for link in found(LINK, metadata.get_payload())}
    assert [link for link, path in sources.items() if path and not path.exists()] == []
    assert sum(path is not None for path in sources.values()) > 10


def test_the_description__shows_pictures_themselves(metadata: Message) -> None:
    """Not the page of the repository that shows one."""
    pictures = found(IMAGE, metadata.get_payload())
    assert pictures
    for picture in pictures:
        assert not picture.startswith(FILES), picture
        path = source_of(picture)
        assert path is None or path.suffix in {".png", ".svg", ".jpg", ".gif", ".webp"}, picture


def test_it_weighs_what_is_said(wheel: zipfile.ZipFile) -> None:
    said = SIZES.search((ROOT / "docs/understanding/comparison.md").read_text())
    assert said
    sizes = {name: 1000 * int(number.replace(",", "")) for name, number in said.groupdict().items()}
    assert Path(str(wheel.filename)).stat().st_size == pytest.approx(sizes["wheel"], rel=0.1)
    unpacked = sum(each.file_size for each in wheel.infolist())
    assert unpacked == pytest.approx(sizes["unpacked"], rel=0.1)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in it, below its one folder."""
    pytest.importorskip("hatchling", reason="hatchling, which builds it, is not installed")
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize(
    "name",
    [
        *("pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md"),
        *("Makefile", "tox.ini", ".ci/pythons", "requirements/test.txt"),
        *(".readthedocs.yaml", "docs/conf.py", "docs/index.md", "docs/images/statistics.png"),
        *("tests/settings.py", "tests/conftest.py", "example_project/manage.py"),
        *("src/django_share_analytics/py.typed", "benchmarks/README.md"),
        *("src/django_share_analytics/locale/ar/LC_MESSAGES/django.mo",),
    ],
)
def test_the_source_archive_has(sdist: set[str], name: str) -> None:
    """What its tests and its documentation are made with."""
    assert name in sdist


def test_the_source_archive_has__nothing_that_is_made(sdist: set[str]) -> None:
    made = re.compile(
        r"(^|/)(__pycache__|_build|node_modules|\.\w+_cache|\.venv)/|\.pyc$|\.sqlite3"
    )
    assert [name for name in sdist if made.search(name)] == []


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
