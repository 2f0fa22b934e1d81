"""One file of a journal, whole and torn."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics import codec
from django_share_analytics.dispatch.journal import segment
from tests.dispatch.journal.files import THREE, lines_of

pytestmark = pytest.mark.once


@hypothesis.settings(deadline=None)  # writes a file, and on busy machines, too
@given(st.integers(0, len(lines_of(THREE))))
def test_read__of_a_torn_file_gives_every_line_that_was_completed(length):
    content = lines_of(THREE)[:length]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "torn"
        path.write_bytes(content)
        contents = segment.read(path)
    whole = len(contents.events)
    assert contents.events == THREE[:whole]
    assert whole >= content.count(b"\n")
    rest = content[len(lines_of(THREE[:whole])) :]
    assert b"".join(contents.bad) == rest


garbage = st.binary(min_size=1, max_size=60).filter(lambda line: b"\n" not in line)


@hypothesis.settings(deadline=None)  # writes a file, and on busy machines, too
@given(st.lists(st.one_of(garbage, st.sampled_from(THREE)), max_size=8))
def test_read__of_garbage_between_the_lines(parts):
    lines = [part if isinstance(part, bytes) else codec.encode(part) for part in parts]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "bad"
        segment.write(path, lines)
        contents = segment.read(path)
    assert contents.events == [part for part in parts if not isinstance(part, bytes)]
    assert contents.bad == [part for part in parts if isinstance(part, bytes)]
