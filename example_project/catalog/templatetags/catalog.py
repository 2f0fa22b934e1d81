"""What the store's templates need beside the package's own tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from example_project.catalog.models import App

register = template.Library()

TONES = 8


@register.filter
def tone(app: App) -> int:
    """The number of the colour that this app's icon always has."""
    return app.pk.int % TONES
