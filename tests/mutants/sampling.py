"""A random sample of the mutants that there are."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db

from tests.mutants.rooms import ROOT
from tests.mutants.unused import types_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosmic_ray.work_item import MutationSpec

    from tests.mutants.unused import Position

PACKAGE = Path("src/django_share_analytics")


@dataclass(frozen=True)
class Mutant:
    """A change to a module, whose path is relative to the root."""

    path: Path
    start: Position
    operator: str
    occurrence: int

    @property
    def room(self) -> str:
        return self.path.relative_to(PACKAGE).parts[0]

    def change(self, source: str) -> str:
        """The source of the module with the change."""
        changed = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        return str(changed)

    def __str__(self) -> str:
        return f"{self.path.relative_to(PACKAGE)}:{self.start[0]} {self.operator}"


def sample(rooms: Iterable[str], size: int, seed: int) -> list[Mutant]:
    """So many mutants in random order, one at most of each place in the source."""
    chance = random.Random(seed)
    places = groupby(_all_mutants(rooms), key=lambda mutant: (mutant.path, mutant.start))
    one_of_each = [chance.choice(list(mutants)) for place, mutants in places]
    return chance.sample(one_of_each, min(size, len(one_of_each)))


def _all_mutants(rooms: Iterable[str]) -> list[Mutant]:
    paths = [path for room in rooms for path in (ROOT / PACKAGE / room).rglob("*.py")]
    unused = {path: list(types_in(path.read_text())) for path in paths}
    return sorted(
        (
            Mutant(
                spec.module_path.relative_to(ROOT),
                spec.start_pos,
                spec.operator_name,
                spec.occurrence,
            )
            for spec in _mutations(paths)
            if not any(start <= spec.start_pos < end for start, end in unused[spec.module_path])
        ),
        key=lambda mutant: (mutant.path, mutant.start, mutant.operator, mutant.occurrence),
    )


def _mutations(paths: Iterable[Path]) -> list[MutationSpec]:
    with tempfile.TemporaryDirectory() as folder:
        session_file = Path(folder) / "session.sqlite"
        with use_db(session_file, WorkDB.Mode.create) as session:
            init(paths, session, {})
            return [mutation for item in session.work_items for mutation in item.mutations]
