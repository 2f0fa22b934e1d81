"""Which parameters a call knows: what it doesn't know is a mistake, and no reason to answer all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.forms import BaseForm


class _Recorder(QueryDict):
    """An empty query that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__(mutable=True)
        self.asked: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return False

    def get(self, name: Any, default: Any = None) -> Any:
        self.asked.add(name)
        return default

    def getlist(self, name: Any, default: Any = None) -> Any:
        self.asked.add(name)
        return [] if default is None else default

    def __getitem__(self, name: Any) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def parameters_of(form: BaseForm) -> set[str]:
    """The parameters that the fields of ``form`` read, such as ``day_min`` of a field ``day``."""
    recorder = _Recorder()
    for name, field in form.fields.items():
        field.widget.value_from_datadict(recorder, {}, form.add_prefix(name))
    return recorder.asked


def refuse_unknown(given: QueryDict, known: Collection[str]) -> None:
    """:raises ValidationError: it names each parameter that the call doesn't know."""
    unknown = sorted(given.keys() - set(known))
    if unknown:
        raise ValidationError({printable(name): [_("Unknown parameter.")] for name in unknown})


def printable(name: str) -> str:
    """A stranger's name for something, so that it can be sent back."""
    return name[:50].encode("utf-8", "backslashreplace").decode()
