"""The table at the end of a run: what each case showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.crash.judge import percentile

if TYPE_CHECKING:
    from tests.crash.judge import Verdict

HEAD = ("case", "sent", "acknowledged", "stored", "lost", "twice", "refused", "p99 ms", "kills")

_rows: list[tuple[object, ...]] = []
_remarks: list[str] = []


def note(case: str, verdict: Verdict, *, p99: float | None = None, kills: int = 0) -> None:
    """A row. ``p99`` in seconds: that of all shares unless the case is about a part of them."""
    seconds = percentile(verdict.sent) if p99 is None else p99
    row = (
        case,
        len(verdict.sent),
        len(verdict.acknowledged),
        len(verdict.stored.ids),
        len(verdict.lost),
        verdict.twice,
        verdict.refused,
        f"{1_000 * seconds:.0f}" if seconds else "",  # nobody waited for an answer
        kills or "",
    )
    _rows.append(row)
    print("", _line(row))  # seen with pytest's -s as it comes, and where the case fails


def remark(text: str) -> None:
    """A sentence below the table."""
    _remarks.append(text)
    print("", text)


def lines() -> list[str]:
    """The table in Markdown; nothing when no case has come to its end."""
    if not _rows:
        return []
    table = [HEAD, ("---",) + ("---:",) * (len(HEAD) - 1), *_rows]
    return [*map(_line, table), "", *_remarks]


def _line(row: tuple[object, ...]) -> str:
    return f"| {' | '.join(map(str, row))} |"
