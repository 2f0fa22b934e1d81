from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from example_project.replay import sharefile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

HEADER = "item,platform,slice,shares\n"
LINES = "a,facebook,2,3\nb,fb,1,1\na,linkedin,1,2\na,facebook,2,1\n"
NAMES = {"facebook": "facebook", "fb": "facebook", "linkedin": "linkedin"}


def read(path: Path, text: str) -> sharefile.ShareFile:
    path.write_text(text, encoding="utf-8")
    return sharefile.read(path, NAMES.get)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shares.csv"


def test_read(path: Path) -> None:
    file = read(path, HEADER + LINES)
    assert file.total == 7
    assert file.by_item() == {"a": Counter(facebook=4, linkedin=2), "b": Counter(facebook=1)}
    assert file.by_platform() == Counter(facebook=5, linkedin=2)


def test_read__gzip_is_the_same_file(path: Path) -> None:
    plain = read(path, HEADER + LINES)
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress((HEADER + LINES).encode()))
    assert sharefile.read(packed, NAMES.get) == plain


def test_read__item_without_shares_is_there(path: Path) -> None:
    assert read(path, HEADER + "a,facebook,1,0\n").by_item() == {"a": Counter()}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: the first line must be item,platform,slice,shares"),
        ("item,platform,shares\n", "line 1: the first line must be"),
        (HEADER + "a,facebook,1\n", "line 2: 4 values are expected, not 3"),
        (HEADER + LINES + "\n", "line 6: 4 values are expected, not 0"),
        (HEADER + LINES + "a,facebook,1,-1\n", "line 6: shares must be a whole number, not '-1'"),
        (HEADER + "a,facebook,one,1\n", "line 2: slice must be a whole number, not 'one'"),
        (HEADER + "a,facebook,1,1.5\n", "line 2: shares must be a whole number, not '1.5'"),
        (HEADER + "a,myspace,1,1\n", "line 2: platform 'myspace' is not among"),
        (HEADER + " ,facebook,1,1\n", "line 2: item must have 1 to 100 characters"),
        (HEADER + "a" * 101 + ",facebook,1,1\n", "line 2: item must have"),
        (HEADER + 'a,facebook,1,"1\n', "line 2: unexpected end of data"),
    ],
)
def test_read__bad_line(path: Path, text: str, complaint: str) -> None:
    with pytest.raises(sharefile.BadShareFile) as caught:
        read(path, text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"\x1f\x8b broken", gzip.compress(b"x" * 99)[:20], b"plain text"],
    ids=["no gzip", "cut short", "text"],  # the packed bytes hold the time of day
)
def test_read__broken_gzip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "shares.csv.gz"
    path.write_bytes(content)
    with pytest.raises(sharefile.BadShareFile, match="can't be read"):
        sharefile.read(path, NAMES.get)


def test_read__no_such_file(path: Path) -> None:
    with pytest.raises(sharefile.BadShareFile, match="can't be read"):
        sharefile.read(path, NAMES.get)


def test_planned__one_for_each_share_in_the_order_of_slices(path: Path) -> None:
    file = read(path, HEADER + LINES)
    shares = list(file.planned())
    a, b = file.app_id("a"), file.app_id("b")
    assert [(share.app_id, share.platform) for share in shares] == [
        *[(a, "linkedin")] * 2,
        (b, "facebook"),
        *[(a, "facebook")] * 4,
    ]
    assert len({share.id for share in shares}) == file.total


def test_planned__same_ids_in_every_run(path: Path) -> None:
    assert list(read(path, HEADER + LINES).planned()) == list(read(path, HEADER + LINES).planned())


def test_planned__another_file_has_apps_of_its_own(path: Path) -> None:
    one, other = read(path, HEADER + LINES), read(path, HEADER + LINES + "c,facebook,1,1\n")
    assert one.app_id("a") != other.app_id("a")
    assert not {s.id for s in one.planned()} & {s.id for s in other.planned()}
