"""What became of shares from a CSV file: each line once, in any order, facts made anew."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.events import utc_now
from django_share_analytics.files import importing
from django_share_analytics.files.exporting import STEP_COLUMNS, shares_csv, steps_csv
from django_share_analytics.files.importing import Importer
from django_share_analytics.files.step_importing import StepImporter
from django_share_analytics.models import LinkStep, Share, WaitingStep
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import (
    NOON,
    event,
    link_event,
    steps_counted_by_hand,
    stored_counts,
    stored_step_counts,
)
from tests.histories import APPS, History, histories, undone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def imported(text: str) -> tuple[int, int, list[str]]:
    """Lines that are in, that were there, and why the others were set aside."""
    rejected: list[str] = []
    importer = StepImporter(
        text.splitlines(keepends=True), lambda line: rejected.append(line.reason)
    )
    done = importer.run()
    assert done.rejected.total() == len(rejected)
    return done.recorded, done.duplicates, rejected


def a_file(*lines: tuple[Any, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([STEP_COLUMNS, *lines])
    return out.getvalue()


def rows() -> set[tuple[Any, ...]]:
    return set(LinkStep.objects.values_list("id", "share_id", "kind", "detail", "timestamp"))


def test_import__takes_what_an_export_wrote(app: Any) -> None:
    share = event(app, placement="top")
    child = event(app, at=NOON + DAY, via=share.id)
    seen = [link_event(share, kind, NOON + HOUR, detail="'=1") for kind in ("visit", "preview")]
    write_shares([share, child, *seen])
    before, counts = rows(), stored_step_counts()
    shares, text = ("".join(make(Share.objects.all())) for make in (shares_csv, steps_csv))
    Share.objects.all().delete()
    assert rows() == set()
    Importer(shares.splitlines(keepends=True), print).run()
    assert imported(text) == (3, 0, [])
    assert imported(text) == (0, 3, [])
    assert rows() == before
    assert stored_step_counts() == counts
    assert audit_counts().found == 0


def test_import__before_the_shares_is_set_aside_and_waits_nowhere(app: Any) -> None:
    share = event(app)
    line = (uuid4(), share.id, "click", "", NOON.isoformat())
    reason = "its share is not there (import the shares first)"
    assert imported(a_file(line)) == (0, 0, [reason])
    assert WaitingStep.objects.count() == 0
    write_shares([share])
    assert imported(a_file(line)) == (1, 0, [])


def test_import__of_the_same_line_twice(app: Any) -> None:
    share = event(app)
    write_shares([share])
    line = (uuid4(), share.id, "click", "", NOON.isoformat())
    assert imported(a_file(line, line)) == (1, 1, [])
    assert LinkStep.objects.count() == 1


def test_import__sets_bad_lines_aside(app: Any, make_app: Callable[..., Any]) -> None:
    share, other = event(app), event(make_app(), at=NOON + DAY)
    write_shares([share, other])
    now, late = NOON.isoformat(), (NOON + DAY).isoformat()
    *others, reasons = imported(
        a_file(
            (uuid4(), share.id, "visit", "", now),
            (uuid4(), share.id, "reached", "", now),
            ("7", share.id, "click", "", now),
            (uuid4(), "", "click", "", now),
            (uuid4(), share.id, "click", "", "soon"),
            (uuid4(), share.id, "click", "", (utc_now() + DAY).isoformat()),
            (uuid4(), share.id, "reshare", "", late),
            (other.id, share.id, "reshare", "", late),
            (share.id, share.id, "reshare", "", now),
            (uuid4(), share.id),
        )
    )
    assert others == [1, 0]
    assert sorted(reasons) == sorted(
        [
            "'reached' is none of preview, click, visit, conversion, reshare",
            "'7' is not an id: a UUID",
            "'' is not an id: a UUID",
            "'soon' is not a time as ISO 8601 writes it",
            "the time is in the future",
            "its share is not there (import the shares first)",
            "it is a share of another app",
            "it is not younger than the share by whose link it came",
            "has 2 cells, where the header has 5",
        ]
    )
    assert sorted(LinkStep.objects.values_list("kind", flat=True)) == ["reached", "visit"]


def test_import__of_ids_that_a_database_stores_as_others(app: Any) -> None:
    """MariaDB refuses a quarter of all: the share is known by the id that it was given."""
    odd, odder = UUID(int=2**128 - 2), UUID(int=2**128 - 3)
    write_shares([event(app, id=odd)])
    line = (odder, odd, "click", "", NOON.isoformat())
    assert imported(a_file(line)) == (1, 0, [])
    assert imported(a_file(line)) == (0, 1, [])
    assert LinkStep.objects.get().share == Share.objects.get()


def test_import__before_the_watermark(app: Any) -> None:
    old, kept = event(app), event(app, at=NOON + 9 * DAY)
    write_shares([old, kept])
    prune(date(2026, 3, 15))
    Share.objects.create(id=old.id, app=app, platform="x", timestamp=NOON)  # of a prune killed
    lines = [(uuid4(), share.id, "click", "", NOON.isoformat()) for share in (old, kept)]
    reason = "it is older than the shares that are kept (see prune_shares)"
    assert imported(a_file(*lines)) == (1, 0, [reason])


def test_import__by_the_commands(app: Any, tmp_path: Path) -> None:
    share = event(app)
    write_shares([share, link_event(share, "visit"), link_event(share, "click")])
    path, rejects, out = tmp_path / "steps.csv", tmp_path / "rejects.csv", io.StringIO()
    call_command("export_shares", "--steps", "--output", str(path), stdout=io.StringIO())
    LinkStep.objects.all().delete()
    options = ("--steps", "--rejects", str(rejects))
    call_command("import_shares", str(path), *options, stdout=out)
    assert out.getvalue() == "2 imported.\n"
    assert sorted(LinkStep.objects.values_list("kind", flat=True)) == ["click", "reached", "visit"]
    renamed = path.read_text().replace("shareId", "via")
    path.write_text(renamed)
    with pytest.raises(CommandError, match="no column shareId"):
        call_command("import_shares", str(path), *options)
    again = io.StringIO()
    call_command("import_shares", str(path), *options, "--columns", "shareId=via", stdout=again)
    assert again.getvalue() == "0 imported, 2 were there already.\n"


@pytest.mark.slow
@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), data=st.data())
def test_import__in_any_order_and_as_often_as_you_like(
    history: History, data: st.DataObject, make_app: Callable[..., Any]
) -> None:
    """Only in which window a share was reached, and forwarded, is a matter of the order."""
    with undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "LINES_A_BATCH", data.draw(st.integers(1, 20)))
        shares, seen = history.events([make_app() for _ in range(APPS)])
        write_shares([*shares, *seen])
        before, counts = rows(), stored_counts()
        share_file = "".join(shares_csv(Share.objects.all()))
        header, *lines = "".join(steps_csv(Share.objects.all())).splitlines(keepends=True)
        Share.objects.all().delete()
        some = data.draw(st.permutations(lines))
        Importer(share_file.splitlines(keepends=True), print).run()
        imported("".join([header, *some[: len(some) // 2]]))
        recorded, duplicates, rejected = imported("".join([header, *some]))
        assert (recorded, duplicates) == (len(some) - len(some) // 2, len(some) // 2)
        assert rejected == []
        assert {row[:4] for row in rows()} == {row[:4] for row in before}
        assert stored_counts() == counts
        assert stored_step_counts() == steps_counted_by_hand()
