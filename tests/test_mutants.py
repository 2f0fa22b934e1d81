"""``tests.mutants``, as far as it can be tried without its tool."""

from __future__ import annotations

import pytest

from tests.mutants.rooms import EXTRA_TESTS, ROOT, paths_of
from tests.mutants.unused import types_in

pytestmark = pytest.mark.once


@pytest.mark.parametrize("room", EXTRA_TESTS)
def test_paths_of__a_room(room):
    assert (ROOT / "src/django_share_analytics" / room).is_dir()
    assert [path for path in paths_of(room) if not (ROOT / path).is_file()] == []
    assert len(paths_of(room)) > len(EXTRA_TESTS[room].split()), "the room has tests of its own"


def test_types_in__a_module():
    source = """\
if TYPE_CHECKING:
    Key = int | str
def f(a: int | None = 1 | 2) -> str | None:
    b: int | str = a or 3 | 4
"""
    lines = source.splitlines()
    found = {lines[start[0] - 1][start[1] : end[1]] for start, end in types_in(source)}
    assert found == {"if TYPE_CHECKING:", "int | None", "str | None", "int | str"}
