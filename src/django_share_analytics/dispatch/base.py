"""What a dispatcher is: the way of an accepted share from the request to the writer."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from datetime import datetime

    from django.core.checks import CheckMessage

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a dispatcher that has none."""


@dataclass(frozen=True, slots=True)
class DispatcherStatus:
    """How a dispatcher is doing, as far as this process knows."""

    waiting: int | None = 0
    """Shares accepted and not yet written; ``None`` when that can't be known."""
    oldest: datetime | None = None
    """When the share that waits longest was accepted."""
    last_write: datetime | None = None
    last_error: str = ""
    """What went wrong last, in writing or where shares wait, until that goes well again."""
    is_shared: bool = False
    """Whether what waits is told for all processes, as of a stream or a directory; else each
    process has its own, and only this one's is known here."""
    refused: int = 0
    """Shares that this process asked it to take and that it did not."""
    is_left_alone: bool = False
    """Whether its broker was away a moment ago, so that it is not asked at present."""
    readers: int | None = None
    """Programs that take shares out of where they wait; ``None`` when that can't be known."""
    bad_files: int = 0
    """Files of what came in and can't be read as shares, kept for somebody to look at."""
    bad_files_at: str = ""
    """Where these are: a path with a wildcard."""


class BaseDispatcher(ABC):
    """Takes accepted shares and brings them to the writer, now or later.

    One instance serves all threads of a process. A subclass may name a frozen dataclass as
    ``Options``: its fields are the keys that ``OPTIONS`` may have, and its ``__post_init__``
    raises ``ValueError`` for a value that makes no sense.
    """

    is_durable: bool = False
    """Whether a share that ``submit`` took outlives the death of this process.

    Of the class, or of one instance, where the options decide."""
    writes_in_request: bool = False
    """Whether ``submit`` itself writes to the database."""
    has_consumer: bool = False
    """Whether shares wait outside of this process for ``manage.py consume_shares``. Where that
    depends on the options, the instance says so."""
    Options: ClassVar[type[Any]] = NoOptions

    def __init__(self, config: DispatcherSettings) -> None:
        self.alias = config.alias
        self.options = self._read_options(config)

    @classmethod
    def _read_options(cls, config: DispatcherSettings) -> Any:
        path = f'{config.path}["OPTIONS"]'
        known = [field.name for field in dataclasses.fields(cls.Options)]
        for name in config.options:
            if name not in known:
                raise ImproperlyConfigured(
                    f"{path} has the unknown key {name!r}. "
                    f"{cls.__name__} knows: {', '.join(known) or 'no options'}."
                )
        return cls._make_options(config.options, path)

    @classmethod
    def _make_options(cls, options: Mapping[str, Any], path: str) -> Any:
        try:
            return cls.Options(**options)
        except (TypeError, ValueError) as error:
            raise ImproperlyConfigured(f"{path}: {error}") from error

    def start(self) -> None:  # noqa: B027 - most have nothing to do before the first share
        """This process begins to serve requests: take up what was left from before, if any."""

    @abstractmethod
    def submit(self, event: Event) -> str | None:
        """Take responsibility for ``event``, quickly and without waiting for a database.

        Returns ``None``, or the reason (one of ``outcomes``) when it is known already that the
        event will not be recorded.

        :raises DispatcherUnavailable: the event can't be taken now. Nothing else is raised.
        """

    def flush(self, timeout: float | None = None) -> bool:
        """Bring what waits in this process to the writer; whether all of it got there.

        ``timeout`` is in seconds, ``None`` waits as long as the dispatcher finds right.
        """
        return True

    def close(self) -> None:  # noqa: B027 - many have nothing to close
        """Flush, and let threads and connections go. The dispatcher is not used afterwards."""

    def abandon(self) -> None:  # noqa: B027
        """In a forked child: forget, without touching it, what belongs to the parent."""

    def consume(self, stop: threading.Event, *, once: bool = False) -> int:
        """Bring to the writer what waits outside of this process, until ``stop`` is set.

        Called by ``manage.py consume_shares`` when ``has_consumer`` is true, in a thread of its own
        in any number of processes at the same time. Outages are waited out; a batch that is being
        written when ``stop`` is set is finished. With ``once`` it returns when everything that
        waited at its start has been dealt with. Returns how many events it dealt with.
        """
        raise NotImplementedError(f"{type(self).__name__} has nothing to consume.")

    def remove_bad_files(self, before: datetime) -> int:
        """Remove the files of what can't be read (see :class:`DispatcherStatus`) that were put
        away before that instant; how many.

        :raises OSError: one can't be removed.
        """
        return 0

    def check(self) -> list[CheckMessage]:
        """Messages of the system check for this dispatcher."""
        return []

    def status(self) -> DispatcherStatus:
        """How it is doing. May raise what it likes when that can't be found out, and soon."""
        return DispatcherStatus()
