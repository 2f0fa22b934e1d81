from __future__ import annotations

import argparse
import difflib
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import tests.mutants
from tests.mutants.rooms import EXTRA_TESTS, ROOT
from tests.mutants.running import OUTCOMES, SURVIVED, Copy, Run
from tests.mutants.sampling import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.sampling import Mutant

WORKERS = 2


def report(outcomes: dict[Mutant, str]) -> Iterator[str]:
    """What survived, and a table by room."""
    for mutant in sorted(outcomes, key=lambda mutant: (mutant.path, mutant.start)):
        if outcomes[mutant] == SURVIVED:
            yield _diff(mutant)
    yield f"\n{'room':10}{'mutants':>10}" + "".join(f"{name:>11}" for name in OUTCOMES)
    for room in sorted({mutant.room for mutant in outcomes}):
        yield _line(room, [said for mutant, said in outcomes.items() if mutant.room == room])
    yield _line("all", list(outcomes.values()))


def _line(name: str, outcomes: list[str]) -> str:
    n = Counter(outcomes)
    return f"{name:10}{len(outcomes):10}" + "".join(f"{n[outcome]:11}" for outcome in OUTCOMES)


def _diff(mutant: Mutant) -> str:
    source = (ROOT / mutant.path).read_text()
    sides = source.splitlines(), mutant.change(source).splitlines()
    header, _, *lines = difflib.unified_diff(*sides, str(mutant.path), lineterm="", n=1)
    return "\n".join(["", header, *lines])


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.mutants", description=tests.mutants.__doc__)
    parser.add_argument("--sample", type=int, default=300, help="mutants to test (default: 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice (default: 1)")
    parser.add_argument("--minutes", type=float, default=60, help="at most (default: 60)")
    parser.add_argument("--rooms", nargs="+", choices=EXTRA_TESTS, default=list(EXTRA_TESTS))
    asked = parser.parse_args()
    mutants = sample(asked.rooms, asked.sample, asked.seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        run = Run([Copy(Path(folder) / str(n)) for n in range(WORKERS)], asked.minutes)
        run.test(mutants)
    print(*report(run.outcomes), sep="\n")


main()
