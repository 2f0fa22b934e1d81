"""What our calls answer is documented: no setting of the host's ``REST_FRAMEWORK`` changes it.

But for two that are the host's to choose: how staff log in (``DEFAULT_AUTHENTICATION_CLASSES``),
and how calls are described (``DEFAULT_SCHEMA_CLASS``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import ISO_8601
from rest_framework.exceptions import ParseError
from rest_framework.metadata import SimpleMetadata
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import DateField, Field
from rest_framework.settings import DEFAULTS, APISettings
from rest_framework.views import APIView

from django_share_analytics.api.bodies import REFUSALS
from django_share_analytics.api.negotiation import OnlyRenderer
from django_share_analytics.conf import reporting_zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.response import Response
    from rest_framework.throttling import BaseThrottle

NON_FIELD_ERRORS = DEFAULTS["NON_FIELD_ERRORS_KEY"]


class PlainJSONRenderer(JSONRenderer):
    """JSON as DRF writes it where nothing is set."""

    compact, ensure_ascii, strict = True, False, True


class ContractView(APIView):
    """A view of DRF, each part of it named."""

    settings = APISettings(
        {"NON_FIELD_ERRORS_KEY": NON_FIELD_ERRORS}
    )  # an empty one reads the host's
    renderer_classes: Sequence[type[BaseRenderer]] = (PlainJSONRenderer,)
    parser_classes: Sequence[type[BaseParser]] = (JSONParser,)
    content_negotiation_class = OnlyRenderer
    metadata_class = SimpleMetadata
    throttle_classes: Sequence[type[BaseThrottle]] = ()
    versioning_class = None

    def handle_exception(self, exc: Exception) -> Response:
        """A stranger's mistake, where Django would answer in HTML and mail the site's admins."""
        refused = isinstance(exc, REFUSALS)
        return super().handle_exception(ParseError(str(exc)) if refused else exc)


class ISODateField(DateField):
    """A day as ``2026-01-31``: in none of the other ways of ISO 8601, as in the list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=ISO_8601, input_formats=["%Y-%m-%d"], **kwargs)


class InstantField(Field["datetime", "datetime", "datetime", Any]):
    """An instant on the clock of the reporting zone, whichever zone the request has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: datetime) -> datetime:
        return value.astimezone(reporting_zone())
