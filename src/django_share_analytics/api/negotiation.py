"""Content negotiation where there is nothing to negotiate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.negotiation import DefaultContentNegotiation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request


class OnlyRenderer(DefaultContentNegotiation):
    """Answers with the view's first renderer, whatever ``Accept`` says.

    A browser that posts a share doesn't care, and a 406 would lose it.
    """

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> Any:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
