"""``python -m tests.audit [--without-holes]``: risky lines, licences, and known holes in what is
installed.

Exit status 1: a line is not answered for, a package that we need has a licence that asks something
of its user, or a hole is known. Where nobody can be asked for known holes it says so, and goes on.
CI looks for none: what becomes known tomorrow is no fault of the change that is tried then.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
ANSWERS = {
    "B101": "asserts tell the type checker what holds; none is about what comes from outside",
    "B311": "spreads load over time and guards nothing",
    "B608": "names of our models' tables and columns, quoted as Django does; values are parameters",
    "B610": "the same",
}
"""What bandit finds, and why it is all right. Of SQL each line has a ``noqa`` for ruff, which finds
the same: it was looked at."""
LOOKED_AT = ("B311", "B608", "B610")
PERMISSIVE = re.compile(r"0BSD|BSD|MIT|Apache|ISC|PSF|Python Software Foundation|Zlib|Unlicense")
RESTRICTIVE = re.compile(r"GPL|AGPL|MPL|General Public|Mozilla|CC-BY|UNKNOWN", re.IGNORECASE)
READ = {"crawler-user-agents": "MIT"}
"""What says nothing in its metadata, and has the licence as a file."""
LOCKED = ("example", "test", "hosts")


def main() -> int:
    problems = [*risky_lines(), *unsuitable_licences()]
    if "--without-holes" not in sys.argv[1:]:
        problems += known_holes()
    for problem in problems:
        print(f"PROBLEM: {problem}")
    print("No problem." if not problems else f"{len(problems)} problem(s).")
    return 1 if problems else 0


def risky_lines() -> list[str]:
    """What bandit finds in the package and nobody has answered for."""
    found = ask("bandit", "-q", "-r", "src", "-f", "json")["results"]
    print(f"bandit: {len(found)} line(s), by rule:")
    for rule in sorted({one["test_id"] for one in found}):
        print(f"  {rule}: {ANSWERS.get(rule, 'NOT ANSWERED FOR')}")
    return [
        f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
        for one in found
        if not is_answered_for(one)
    ]


def is_answered_for(found: dict[str, Any]) -> bool:
    rule = found["test_id"]
    lines = (ROOT / found["filename"]).read_text().splitlines()
    said = "\n".join(lines[number - 1] for number in found["line_range"])
    return rule in ANSWERS and (rule not in LOOKED_AT or f"noqa: S{rule[1:]}" in said)


def unsuitable_licences() -> list[str]:
    """Of the packages that ours needs, with all extras: nothing may bind who installs it."""
    command = ("piplicenses", "--python", sys.executable, "--with-system", "--from", "mixed")
    licences = {
        normal(one["Name"]): one["License"] for one in ask(*command, "--format", "json")
    } | READ
    needed = sorted(needed_packages())
    print("Licences of what the package needs, with all of its extras:")
    found = {name: licences.get(name, "UNKNOWN") for name in needed if is_installed(name)}
    for name, licence in found.items():
        print(f"  {name}: {licence}")
    return [f"{name}: {licence}" for name, licence in found.items() if not is_permissive(licence)]


def is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def is_permissive(licence: str) -> bool:
    """Whether any of the licences to choose from is."""
    choices = re.split(r"\s+OR\s+", licence)
    return any(PERMISSIVE.search(one) and not RESTRICTIVE.search(one) for one in choices)


def needed_packages() -> set[str]:
    """Of the core and its extras, and what these need, as far as it is installed."""
    found: set[str] = set()
    ours = "django-share-analytics"
    extras = metadata(ours).get_all("Provides-Extra") or []
    waiting = [(ours, ("", *extras))]
    while waiting:
        name, extras = waiting.pop()
        for text in declared(name):
            need = Requirement(text)
            is_wanted = not need.marker or any(need.marker.evaluate({"extra": e}) for e in extras)
            if is_wanted and normal(need.name) not in found:
                found.add(normal(need.name))
                waiting.append((need.name, ("", *need.extras)))
    return found


def declared(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def known_holes() -> list[str]:
    """What pip-audit is told of the locked versions. It asks over the network."""
    holes = []
    for group in LOCKED:
        options = ("-r", f"requirements/{group}.txt", "--no-deps", "--disable-pip", "-f", "json")
        answer = ask("pip_audit", *options, "--progress-spinner", "off", "--timeout", "5")
        packages = answer.get("dependencies", [])
        asked = [one for one in packages if "vulns" in one]
        print(f"Known holes, {group}: {len(asked)} of {len(packages)} packages could be asked for")
        holes += [
            f"{one['name']} {one['version']}: {hole['id']}, mended in {hole['fix_versions']}"
            for one in asked
            for hole in one["vulns"]
        ]
    return sorted(set(holes))


def ask(module: str, *arguments: str) -> Any:
    """What a tool says in JSON; ``{}`` where it says nothing, and why."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if not done.stdout.strip():
        reason = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        print(f"{module} has no answer: {reason}")
        return {}
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
