"""A bar for who watches, and nothing at all in a log."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from django_share_analytics.management import progress
from django_share_analytics.management.progress import CLEAR, ProgressBar

pytestmark = pytest.mark.once


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0.0)


def shown(*steps: tuple[int, int] | tuple[int, int, str], stream: StringIO) -> list[str]:
    """What the line said, one after the other."""
    with ProgressBar(OutputWrapper(stream), "Counting") as bar:
        for step in steps:
            bar.show(*step)
    return [line for line in re.split("\r|\x1b\\[K", stream.getvalue()) if line]


def test_show__how_much_of_it_is_done() -> None:
    lines = shown((500, 2_000), (2_000, 2_000), stream=Terminal())
    assert lines == [
        "Counting …",
        f"Counting [{'#' * 7:<30}]  25%  500 of 2,000",
        f"Counting [{'#' * 30}] 100%  2,000 of 2,000",
    ]


def test_show__what_nobody_knows_the_size_of() -> None:
    assert shown((1_500, 0), stream=Terminal()) == ["Counting …", "Counting 1,500"]


def test_show__figures_of_one_s_own() -> None:
    assert shown((0, 0, "7 waiting"), stream=Terminal())[-1] == "Counting 7 waiting"


def test_show__more_than_was_expected_is_all_of_it() -> None:
    assert "100%" in shown((9, 4), stream=Terminal())[-1]


def test_bar__is_taken_away_at_the_end() -> None:
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), ProgressBar(OutputWrapper(terminal), "Counting"):
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith(CLEAR)


def test_bar__is_no_error() -> None:
    """Commands write to stderr in red."""
    stream = OutputWrapper(Terminal())
    stream.style_func = lambda text: f"red {text}"
    with ProgressBar(stream, "Counting") as bar:
        bar.show(1, 2)
    assert "red" not in stream._out.getvalue()


def test_show__no_more_often_than_one_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 3_600.0)
    assert shown((1, 9), (2, 9), (3, 9), stream=Terminal())[1:] == [
        f"Counting [{'#' * 3:<30}]  11%  1 of 9"
    ]


def test_bar__nothing_in_a_log() -> None:
    assert shown((1, 9), (9, 9), stream=StringIO()) == []


def test_bar__nothing_for_who_asked_for_nothing() -> None:
    terminal = Terminal()
    with ProgressBar(OutputWrapper(terminal), "Counting", 0) as bar:
        bar.show(1, 9)
    assert terminal.getvalue() == ""
