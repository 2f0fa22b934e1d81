"""What can be set of a stream in Redis."""

from __future__ import annotations

from dataclasses import dataclass

from redis.connection import parse_url


@dataclass(frozen=True, slots=True)
class RedisStreamsOptions:
    url: str = "redis://127.0.0.1:6379/0"
    """``redis://``, ``rediss://`` (TLS) or ``unix://``, with user, password and database number."""
    stream: str = "share-analytics"
    """The key of the stream. Sites that share a database of Redis need one each."""
    group: str = "share-analytics"
    """The consumer group. What it has acknowledged is deleted: no other group can read along."""
    connect_seconds: float = 0.2
    answer_seconds: float = 0.5
    """How long a request waits for Redis at most."""
    capacity: int = 1_000_000
    """Shares that may wait; beyond that new ones are refused, and none is trimmed away. About
    0.5 kB each. Known for a second: some more may come in."""
    max_batch: int = 500
    """Shares written in one transaction at most."""
    flush_seconds: float = 0.25
    """How long a consumer lets shares gather after it has written fewer than ``max_batch``."""
    takeover_seconds: float = 10.0
    """After how long without a sign of life a consumer's shares are given to another."""

    def __post_init__(self) -> None:
        parse_url(self.url)  # type: ignore[no-untyped-call]
        for name in ("stream", "group"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise ValueError(f"{name} must be a name.")
        for name in ("capacity", "max_batch"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(f"{name} must be a whole number, 1 or more.")
        for name in ("connect_seconds", "answer_seconds", "takeover_seconds"):
            if not isinstance(getattr(self, name), int | float) or getattr(self, name) <= 0:
                raise ValueError(f"{name} must be a number of seconds above 0.")
        if not isinstance(self.flush_seconds, int | float) or self.flush_seconds < 0:
            raise ValueError("flush_seconds must be a number of seconds, 0 or more.")
