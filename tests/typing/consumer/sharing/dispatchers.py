from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.checks import CheckMessage, Warning

from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.exceptions import DispatcherUnavailable

if TYPE_CHECKING:
    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event


@dataclass(frozen=True, slots=True)
class LogOptions:
    path: str
    capacity: int = 1_000

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError("capacity must be 1 or more.")


class LogDispatcher(BaseDispatcher):
    is_durable = True
    Options = LogOptions
    options: LogOptions

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        self.lines: list[str] = []

    def submit(self, event: Event) -> str | None:
        if len(self.lines) >= self.options.capacity:
            raise DispatcherUnavailable
        self.lines.append(f"{event.timestamp} {event.id}")
        return None

    def flush(self, timeout: float | None = None) -> bool:
        Path(self.options.path).write_text("\n".join(self.lines), encoding="utf-8")
        return True

    def check(self) -> list[CheckMessage]:
        return [] if Path(self.options.path).exists() else [Warning("There is no such file.")]

    def status(self) -> DispatcherStatus:
        return DispatcherStatus(waiting=len(self.lines))
