"""Where a command writes what it exports: a file that is whole when it appears, or a pipe."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.core.management.base import CommandError

from django_share_analytics.management.stopping import Stopped

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterator
    from io import BufferedWriter

    from django.core.management.base import OutputWrapper

NOT_ALL = "What was written so far is not all of it. Run it again."


def add_output_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        default="-",
        metavar="FILE",
        help="where to; it appears when it is complete. -: standard output (the default)",
    )


@contextmanager
def opened(output: str, stdout: OutputWrapper) -> Iterator[Callable[[str], object]]:
    """What writes text to ``output``; ``-`` is ``stdout``. A file gets its name when nothing has
    failed; a pipe has a part by then, which :class:`.Stopped` says.

    :raises CommandError: it can't be written.
    """
    if output == "-":
        yield from _to_standard_output(stdout)
        return
    part = Path(f"{output}.part")
    try:
        with part.open("wb") as file:
            yield _encoded(file)
        part.replace(output)
    except OSError as error:
        raise CommandError(f"Can't write {output}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _to_standard_output(stdout: OutputWrapper) -> Iterator[Callable[[str], object]]:
    try:
        descriptor = stdout.fileno()
    except (AttributeError, OSError):  # the caller's own, in memory
        yield partial(stdout.write, ending="")
        return
    try:
        # Not Python's own: with PYTHONUNBUFFERED that writes a part and doesn't complain.
        with open(descriptor, "wb", closefd=False) as file:
            yield from _until_interrupted(file)
    except BrokenPipeError as error:
        raise CommandError("The output was closed before the end.") from error
    except Stopped as stopped:
        stopped.once_stopped = NOT_ALL
        raise


def _until_interrupted(file: BufferedWriter) -> Iterator[Callable[[str], object]]:
    try:
        yield _encoded(file)
    except KeyboardInterrupt:
        # Without what is left in its buffer: that would wait for a reader, who may not go on.
        file.raw.close()
        raise


def _encoded(file: BinaryIO) -> Callable[[str], object]:
    return lambda text: file.write(text.encode("utf-8", "backslashreplace"))
