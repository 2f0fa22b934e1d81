"""The commands of a consumer group of a Redis stream, as far as :mod:`.consumer` needs them.

Redis gives an entry to one consumer and remembers it as pending until it is acknowledged.
"""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from redis import ResponseError

from django_share_analytics.dispatch.redis import notes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from redis import Redis

FIELD = b"share"
START = b"0-0"


class Entry(NamedTuple):
    id: bytes
    payload: bytes


class ConsumerGroup:
    """One consumer's view of its group. Every method may raise ``RedisError``.

    The consumer's name is never used again: what it leaves behind goes to others when it has been
    idle for a while. A name without entries stays in Redis after a crash, some dozens of bytes; to
    delete somebody else's would lose what he was given a moment ago.
    """

    def __init__(self, client: Redis, stream: str, group: str) -> None:
        # redis-py's types of a reply name that of every version of the protocol.
        self._client: Any = client
        self._stream, self._group = stream, group
        self._cursor = START
        self._passed_over = START
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"

    def create(self) -> None:
        """Make the group, unless it is there. It begins with what was added before."""
        try:
            self._client.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def read(self, count: int, wait_seconds: float) -> list[Entry]:
        """Entries that nobody was given yet; waits for the first of them."""
        block = round(wait_seconds * 1_000) or None
        streams = {self._stream: ">"}
        found = self._client.xreadgroup(self._group, self.name, streams, count=count, block=block)
        return _entries(found[0][1]) if found else []

    def take_over(self, count: int, idle_seconds: float) -> list[Entry]:
        """Entries that some consumer has had for so long; they are ours from now on.

        Pending entries are gone through bit by bit: see :attr:`has_seen_all`.
        """
        self._cursor, found, *_ = self._client.xautoclaim(
            self._stream,
            self._group,
            self.name,
            min_idle_time=round(idle_seconds * 1_000),
            start_id=self._cursor,
            count=count,
        )
        return _entries(found)

    @property
    def has_seen_all(self) -> bool:
        """Whether :meth:`take_over` starts from the beginning next time."""
        return self._cursor == START

    def hold(self, ids: Sequence[bytes], error: str) -> None:
        """A sign of life: these entries are being worked on, and wait because of ``error``."""
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.xclaim(self._stream, self._group, self.name, 0, list(ids), justid=True)
            notes.note(pipeline, self._stream, error=error)
            notes.replies(pipeline, needed=1)

    def acknowledge(self, ids: Sequence[bytes]) -> None:
        """Done: delete and forget these entries, in one round trip.

        Not in a transaction, which Redis refuses when its memory is full. Deleted first: Redis
        drops by itself what is pending and gone, but would keep for ever what nobody has pending.
        """
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.xdel(self._stream, *ids)
            pipeline.xack(self._stream, self._group, *ids)
            notes.note(pipeline, self._stream)
            notes.replies(pipeline, needed=2)

    def leave(self) -> None:
        """Delete this consumer, unless it has entries left: with it they would be forgotten."""
        mine = self._client.xpending_range(
            self._stream, self._group, "-", "+", 1, consumername=self.name
        )
        if not mine:
            self._client.xgroup_delconsumer(self._stream, self._group, self.name)

    def oldest(self, besides: Collection[bytes] = ()) -> tuple[int, int] | None:
        """The position of the first entry but for these; ``None`` when there is no other.

        Once passed over, for good: to ask again is to ask for one entry, however many these are.
        """
        while found := self._client.xrange(self._stream, min=b"(" + self._passed_over, count=1):
            if (entry_id := found[0][0]) not in besides:
                return _position(entry_id)
            self._passed_over = entry_id
        return None

    def newest(self) -> tuple[int, int] | None:
        found = self._client.xrevrange(self._stream, count=1)
        return _position(found[0][0]) if found else None

    def can_be_evicted(self) -> bool:
        """Whether Redis deletes the stream when its memory is full. Not every user may ask."""
        try:
            policy = str(self._client.info("memory").get("maxmemory_policy", ""))
        except ResponseError:
            return False
        return policy.startswith("allkeys")


def _entries(found: Sequence[tuple[bytes | None, Mapping[bytes, bytes] | None]]) -> list[Entry]:
    # Redis 6.2 names a pending entry that somebody deleted without its id.
    return [
        Entry(entry_id, fields.get(FIELD) or repr(fields).encode())
        for entry_id, fields in found
        if entry_id is not None and fields is not None
    ]


def _position(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition(b"-")
    return int(milliseconds), int(sequence)
