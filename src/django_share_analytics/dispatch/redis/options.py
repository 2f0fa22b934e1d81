"""What can be set of a stream in Redis."""

from __future__ import annotations

from dataclasses import dataclass

from redis.connection import parse_url

from django_share_analytics.dispatch.options import (
    check_counts,
    check_names,
    check_seconds,
    check_seconds_above_0,
)


@dataclass(frozen=True, slots=True)
class RedisStreamsOptions:
    url: str = "redis://127.0.0.1:6379/0"
    """``redis://``, ``rediss://`` (TLS) or ``unix://``, with user, password and database number."""
    stream: str = "share-analytics"
    """The key of the stream. Sites that share a database of Redis need one each."""
    group: str = "share-analytics"
    """The consumer group. What it has acknowledged is deleted: no other group can read along."""
    connect_seconds: float = 0.2
    """How many seconds a request waits for a connection to Redis at most."""
    answer_seconds: float = 0.5
    """How many seconds a request waits for an answer of Redis at most."""
    capacity: int = 1_000_000
    """Shares that may wait; beyond that new ones are refused, and none is trimmed away. About
    0.5 kB each. Known for a second: some more may come in."""
    max_batch: int = 2_000
    """Shares, and what was seen on links, written in one transaction at most."""
    flush_seconds: float = 0.25
    """How many seconds a consumer lets shares gather after it has written fewer than
    ``max_batch``."""
    takeover_seconds: float = 10.0
    """After how many seconds without a sign of life a consumer's shares are given to another."""

    def __post_init__(self) -> None:
        parse_url(self.url)  # type: ignore[no-untyped-call]
        check_names(self, "stream", "group")
        check_counts(self, "capacity", "max_batch")
        check_seconds_above_0(self, "connect_seconds", "answer_seconds", "takeover_seconds")
        check_seconds(self, "flush_seconds")
