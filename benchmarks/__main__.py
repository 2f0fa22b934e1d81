"""``python -m benchmarks [section …] [options of the sections]``; see README.md here."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

SECTIONS = (
    "post", "links", "writer", "steps", "dispatchers", "consumers", "memory", "export", "rush",
    "reads", "reach", "virality", "cascades", "hot", "compare",
)  # fmt: skip
BY_DEFAULT: tuple[tuple[str, ...], ...] = (
    ("post",),
    ("links",),
    ("writer", "--database", "postgres"),
    ("writer", "--database", "sqlite"),
    ("writer", "--database", "mariadb"),
    ("steps", "--database", "postgres"),
    ("steps", "--database", "sqlite"),
    ("steps", "--database", "mariadb"),
    ("dispatchers",),
    ("consumers",),
    ("memory",),
    ("export", "--database", "postgres"),
    ("export", "--database", "mariadb"),
    ("rush",),
    ("reads", "--database", "postgres"),
    ("reads", "--database", "sqlite"),
    ("reads", "--database", "mariadb"),
    ("reach",),
    ("virality",),
    ("cascades",),
    ("hot", "--database", "postgres"),
    ("hot", "--database", "sqlite", "--rounds", "1"),
    ("hot", "--database", "mariadb", "--rounds", "1"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options, others = parser.parse_known_args()
    if unknown := [name for name in options.sections if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]}, only {', '.join(SECTIONS)}")
    commands = [(name,) for name in options.sections] or BY_DEFAULT
    extra = [*(["--quick"] if options.quick else []), *others]
    return max(run(name, *arguments, *extra) for name, *arguments in commands)


def run(section: str, *arguments: str) -> int:
    """In a process of its own: each has another database. Its exit status."""
    print(f"\n## {' '.join([section, *arguments])}\n", flush=True)
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{section}", *arguments], check=False)
    print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    return abs(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
