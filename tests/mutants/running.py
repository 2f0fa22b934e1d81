"""Runs tests over mutants, as many at a time as there are copies of the tree."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tests.mutants.rooms import ROOT, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.mutants.sampling import Mutant

KILLED, SURVIVED, TIMED_OUT = OUTCOMES = ("killed", "survived", "timed out")

PYTEST = "-q -x -p no:cacheprovider -p no:randomly -p no:xdist --hypothesis-seed=1"


class Copy:
    """A copy of the tree, in which one mutant at a time is tested."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(root / "src"), os.environ.get("PYTHONPATH", "")]),
            # A mutant may be as long and as old as the one before: Python would not read it.
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(root / "tmp"),
        }
        (root / "tmp").mkdir()

    def test(self, mutant: Mutant, seconds: float) -> str:
        path = self.root / mutant.path
        source = path.read_text()
        path.write_text(mutant.change(source))
        try:
            return self.run_tests(mutant.room, seconds)
        finally:
            path.write_text(source)

    def run_tests(self, room: str, seconds: float | None = None) -> str:
        tests = ["-m", "not processes", *paths_of(room)]
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *PYTEST.split(), *tests],
            cwd=self.root,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return KILLED if process.wait(seconds) else SURVIVED
        except subprocess.TimeoutExpired:
            return TIMED_OUT
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with all that the tests have started
            process.wait()


class Run:
    """Tests mutants until all have had their turn, or the time is up."""

    def __init__(self, copies: Sequence[Copy], minutes: float) -> None:
        self.outcomes: dict[Mutant, str] = {}
        self._deadline = time.monotonic() + 60 * minutes
        self._pool = ThreadPoolExecutor(len(copies))
        self._copies: SimpleQueue[Copy] = SimpleQueue()
        for copy in copies:
            self._copies.put(copy)

    def test(self, mutants: Sequence[Mutant]) -> None:
        rooms = sorted({mutant.room for mutant in mutants})
        limits = dict(zip(rooms, self._pool.map(self._find_limit, rooms), strict=True))
        turns = [self._pool.submit(self._test_one, one, limits[one.room]) for one in mutants]
        try:
            for turn in as_completed(turns):
                if outcome := turn.result():
                    print(f"{len(self.outcomes):4}/{len(mutants)}  {outcome}", flush=True)
        except KeyboardInterrupt:
            self._pool.shutdown(cancel_futures=True)

    def _find_limit(self, room: str) -> float:
        """How many seconds the tests of a room may take; they have to pass without a mutant."""
        start = time.monotonic()
        with self._copy() as copy:
            if copy.run_tests(room) != SURVIVED:
                raise SystemExit(f"Fail without a mutant: {' '.join(paths_of(room))}")
        seconds = time.monotonic() - start
        print(f"The tests of {room} take {seconds:.0f} s.", flush=True)
        return 30 + 3 * seconds

    def _test_one(self, mutant: Mutant, seconds: float) -> str:
        if time.monotonic() > self._deadline:
            return ""
        with self._copy() as copy:
            outcome = self.outcomes[mutant] = copy.test(mutant, seconds)
        return f"{outcome:9}  {mutant}"

    @contextmanager
    def _copy(self) -> Iterator[Copy]:
        copy = self._copies.get()
        try:
            yield copy
        finally:
            self._copies.put(copy)
