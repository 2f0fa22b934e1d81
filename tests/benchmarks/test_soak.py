"""What a run of twenty minutes says, told from runs that never were."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from benchmarks.soak import curves, rule
from benchmarks.soak.watch import Sample

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once
MINUTES = [n / 4 for n in range(81)]


def steady(minute: float) -> Sample:
    """Before the first quarter is over it holds less."""
    memory = 100.0 if minute < 5 else 150.0
    return Sample(minute, memory, 9, 38, 5 if minute % 2 else 4, 30.0)


def run_of(sample: Callable[[float], Sample] = steady) -> list[Sample]:
    return [sample(minute) for minute in MINUTES]


def unsteady(samples: list[Sample], others: float = 0.0, *, is_whole: bool = True) -> list[str]:
    said = rule.verdicts(samples, others, is_whole=is_whole)
    return [one.name for one in said if one.is_judged and not one.is_flat]


def test_verdicts__of_what_is_flat_after_the_first_quarter() -> None:
    assert unsteady(run_of()) == []


def test_verdicts__of_memory_that_grows() -> None:
    def leaking(minute: float) -> Sample:
        return Sample(minute, 150 + minute, 9, 38, 5, 30.0)

    assert unsteady(run_of(leaking)) == ["memory"]


def test_verdicts__of_one_connection_more() -> None:
    def leaking(minute: float) -> Sample:
        return Sample(minute, 150, 9, 38, 6 if minute == 19 else 5, 30.0)

    assert unsteady(run_of(leaking)) == ["connections"]


@pytest.mark.parametrize(("others", "said"), [(0.1, ["p99"]), (0.6, [])])
def test_verdicts__of_slower_answers(others: float, said: list[str]) -> None:
    """Where others have the machine, it is not judged."""

    def slower(minute: float) -> Sample:
        return Sample(minute, 150, 9, 38, 5, 30.0 + 10 * minute)

    assert unsteady(run_of(slower), others) == said


def test_verdicts__of_a_short_run() -> None:
    """Some connections more, and answers of any time, are nothing yet; memory that runs away is."""

    def warming_up(minute: float) -> Sample:
        return Sample(minute, 150 + minute, 9, 38, 4 + minute // 10, 30.0 + 10 * minute)

    def leaking(minute: float) -> Sample:
        return Sample(minute, 100 + 5 * minute, 9, 38, 5, 30.0)

    assert unsteady(run_of(warming_up), is_whole=False) == []
    assert unsteady(run_of(leaking), is_whole=False) == ["memory"]


def test_draw__a_curve_for_each_thing_that_is_watched() -> None:
    picture = ET.fromstring(curves.draw(run_of(), "a run"))
    paths = picture.findall("{http://www.w3.org/2000/svg}path")
    assert len(paths) == len(curves.CHARTS)
    assert all(path.get("d", "").count("L") == len(MINUTES) - 1 for path in paths)
