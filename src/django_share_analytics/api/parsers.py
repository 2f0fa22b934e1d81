"""The bodies that ``POST shares`` takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

if TYPE_CHECKING:
    from collections.abc import Mapping


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class JSONParser(BaseParser):
    """JSON as the standard has it: no ``NaN``, and no nesting deep enough to end the process."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return json.loads(stream.read(), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"Not JSON: {error}") from error


class PlainTextJSONParser(JSONParser):
    """The same, called ``text/plain``: what ``navigator.sendBeacon`` sends for a string."""

    media_type = "text/plain"
