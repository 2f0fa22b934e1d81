"""``python -m benchmarks.validation``: the tables of virality.md; fails where an aim is missed.

Each process of ``cells.py`` is simulated so many times, in the same ways for the same seed.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.database import temporary_database


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="of each process")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    runs = 20 if options.quick else options.runs
    with temporary_database("sqlite"):
        from benchmarks.validation import tables
        from benchmarks.validation.cells import CELLS

        cells = CELLS[::6] if options.quick else CELLS
        return max(
            tables.show_coverage(cells, runs, options.seed),
            tables.show_placements(runs * 5, options.seed),
            tables.show_ranking(runs, options.seed),
            tables.show_product(cells, options.seed),
        )


if __name__ == "__main__":
    sys.exit(main())
