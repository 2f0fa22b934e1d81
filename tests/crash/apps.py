"""What is shared: the same hundred apps on every site, every second time the hot one."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

APPS = [uuid.uuid5(uuid.NAMESPACE_URL, f"crash/{n}") for n in range(100)]
HOT_APP = APPS[0]
PLATFORMS = ("whatsapp", "facebook", "copy", "telegram")


def what_is_shared(seed: int) -> Iterator[tuple[UUID, str]]:
    """An app and a platform, for ever. The same seed shares the same things."""
    chance = random.Random(seed)
    while True:
        app = HOT_APP if chance.random() < 0.5 else chance.choice(APPS)
        yield app, chance.choice(PLATFORMS)
