"""What was found, as tables. Each ends with 1 if an aim is missed."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.database import make_apps
from benchmarks.validation.coverage import CYCLE, RATES, cover
from benchmarks.validation.placements import PAGES, look
from benchmarks.validation.processes import TOTAL
from benchmarks.validation.product import differences
from benchmarks.validation.ranking import put_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.validation.coverage import Coverage
    from benchmarks.validation.processes import Process

MOST_SHARES = 40_000_000
"""Of a process; of those with more, fewer runs are made."""
FEWEST_RUNS = 100


def runs_of(process: Process, runs: int) -> int:
    shares = process.seeds * TOTAL / (1 - process.reproduction)
    return min(runs, max(FEWEST_RUNS, int(MOST_SHARES / shares)))


def show_coverage(cells: Sequence[Process], runs: int, seed: int) -> int:
    print("\nThe part of runs in which what is shown holds what is true:\n")
    names = [*RATES, CYCLE]
    print_row("process", "runs", *names, "at most")
    print_row("---", *["--:"] * (len(names) + 2))
    found = []
    for place, process in enumerate(cells):
        dice = np.random.default_rng([seed, place])
        found.append(cover(process, runs_of(process, runs), dice))
        print_row(*coverage_cells(found[-1]))
    show_naive(found)
    missed = [each.process.name for each in found if each.falls_short()]
    print(f"\nBelow its aim (0.92, with waves 0.87): {'; '.join(missed) or 'nothing'}.")
    no_aim = [each.process.name for each in found if each.process.aim is None]
    print(f"\nWithout an aim, and but reported: {'; '.join(no_aim) or 'nothing'}.")
    return int(any(each.surely_falls_short() for each in found))


def coverage_cells(found: Coverage) -> Iterable[str]:
    short = found.falls_short()
    yield found.process.name
    yield str(found.runs)
    for name, part in found.inside.items():
        text = "-" if isnan(part) else f"{part:.3f}"
        yield f"**{text}**" if name in short else text
    yield f"{found.bounds['R(w)']:.2f}"


def show_naive(found: Sequence[Coverage]) -> None:
    print("\nThe re-shares of a share, and what the obvious ways make of them:\n")
    print_row(
        "process", "true R(w)", "edges / nodes", "the last 90 days up to now",
        "Poisson interval holds it", "and up to now",
    )  # fmt: skip
    print_row("---", *["--:"] * 5)
    for each in found:
        values = (each.truth, each.edges_by_nodes, each.up_to_now)
        parts = (each.poisson, each.poisson_up_to_now)
        print_row(each.process.name, *(f"{x:.3f}" for x in values), *(f"{x:.2f}" for x in parts))


def show_placements(blocks: int, seed: int) -> int:
    print("\nThe part of blocks of 28 days in which equal placements are called different:\n")
    print_row("pages", "blocks", "here", "Poisson test", "looked at daily")
    print_row("---", *["--:"] * 4)
    missed = False
    for place, pages in enumerate(PAGES):
        found = look(pages, blocks, np.random.default_rng([seed, 1_000 + place]))
        parts = (found.called, found.poisson, found.daily)
        print_row(pages.name, str(blocks), *(f"{part:.3f}" for part in parts))
        missed = missed or found.are_too_many()
    return int(missed)


def show_ranking(runs: int, seed: int) -> int:
    parts = put_first(runs, np.random.default_rng([seed, 2_000]))
    print("\nThe one put first of 20 is among the true top three, ordered by its\n")
    for name, part in parts.items():
        print(f"- {name}: {part:.2f} of {runs} runs")
    return 0


def show_product(cells: Sequence[Process], seed: int) -> int:
    found = differences(cells, make_apps(1)[0], np.random.default_rng([seed, 3_000]))
    print(f"\n{len(cells) - len(found)} of {len(cells)} processes, one run each through the writer")
    print("and `share_virality`, gave the counts and rates of the simulation.")
    for name, text in found.items():
        print(f"- {name}: {text}")
    return int(bool(found))


def print_row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)
