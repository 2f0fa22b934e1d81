"""A line of a CSV file as a step: something that became of a share, on its link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.counts.state import CLOCKS_MAY_DIFFER
from django_share_analytics.events import LinkEvent, storable, utc_now
from django_share_analytics.files.exporting import EXPORTED_KINDS, STEP_COLUMNS
from django_share_analytics.files.share_lines import BadLine, Layout, instant_in, uuid_in
from django_share_analytics.steps import MAX_DETAIL_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

REQUIRED_OF_STEPS = ("id", "shareId", "kind", "timestamp")


class StepLineReader:
    """Makes events of lines; ``zone`` is that of times without an offset.

    :raises BadHeader: the header doesn't name the columns of steps.
    """

    def __init__(
        self, header: Sequence[str], names: Mapping[str, str] | None, zone: tzinfo | None
    ) -> None:
        self.layout = Layout.of(header, names, STEP_COLUMNS, REQUIRED_OF_STEPS)
        self.zone = zone
        self.latest = utc_now() + CLOCKS_MAY_DIFFER

    def event(self, row: Sequence[str]) -> LinkEvent:
        """The step of a line. Of which app it is, its share knows.

        :raises BadLine: it is none.
        """
        values = self.layout.values(row)
        kind = values["kind"].strip()
        if kind not in EXPORTED_KINDS:
            raise BadLine(f"{kind[:60]!r} is none of {', '.join(EXPORTED_KINDS)}")
        return LinkEvent(
            share_id=uuid_in(values["shareId"].strip()),
            kind=kind,
            app_id=None,
            id=uuid_in(values["id"].strip()),
            timestamp=instant_in(values["timestamp"].strip(), self.zone, self.latest),
            detail=storable(values.get("detail", ""), MAX_DETAIL_LENGTH),
        )
