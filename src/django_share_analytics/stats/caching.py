"""Django's cache, as something that may be away, return anything, or lie in the host's transaction:
then we count afresh.

What is kept carries its own key, so that nothing is taken for what it is not.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import router

from django_share_analytics.conf import APP_LABEL, get_settings, is_unset_under_tests
from django_share_analytics.places import current_tenant
from django_share_analytics.repeats import repeats
from django_share_analytics.sql.transactions import is_in_transaction
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.core.cache.backends.base import BaseCache

logger = logging.getLogger("django_share_analytics")


def make_key(kind: str, version: int, *parts: object) -> str:
    """Where something is kept. Hashed: parts may hold what some caches don't take in a key.

    Each tenant's apart, so ``parts`` have to say of which database it is, and of nothing else that
    is around it. ``version`` is raised when the shape of what is kept changes: an upgrade serves no
    old shape.
    """
    if tenant := _tenant():
        parts = (tenant, *parts)
    digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()
    return f"{APP_LABEL}:{kind}:{version}:{digest}"


def _tenant() -> object:
    """Whose counts they are. Where that can't be told, they are nobody's: found by none again."""
    try:
        return current_tenant()
    except Exception as error:  # whatever the host's hook raises
        if n := repeats.of("whose counts they are"):
            text = "Whose counts these are can't be told, %d time(s); counted afresh: %s"
            logger.warning(text, n, describe(error))
        return uuid4()


def get_many(keys: Iterable[str]) -> dict[str, Any]:
    """What is kept under these keys, in one trip; nothing when the cache can't say, or in tests."""
    try:
        cache = _cache()
        found = cache.get_many(list(keys)) if cache else {}
    except Exception:
        # Each backend raises its own client's errors, and what unpickling may raise is anything.
        _complain("read from")
        return {}
    return {
        key: entry[1]
        for key, entry in found.items()
        if isinstance(entry, tuple) and len(entry) == 2 and entry[0] == key
    }


def set_many(values: Mapping[str, Any], seconds: int) -> None:
    """Keep these, in one trip where the backend can; or not, when the cache is away."""
    try:
        if cache := _cache():
            cache.set_many({key: (key, value) for key, value in values.items()}, seconds)
    except Exception:
        _complain("written to")


def _cache() -> BaseCache | None:
    """The cache, unless a test knows nothing of it, or it is a table in the host's transaction.

    In one, a missing table ends what the host does, and rows that are kept lock until it is done:
    two pages that keep the same counts in opposite order would wait for each other.
    """
    if is_unset_under_tests("CACHE_ALIAS", "SHARE_COUNT_CACHE_SECONDS"):
        return None
    cache = caches[get_settings().cache_alias]
    if not isinstance(cache, BaseDatabaseCache):
        return cache
    model = cache.cache_model_class
    # Reading deletes what is too old, so it writes, too.
    used = {router.db_for_read(model), router.db_for_write(model)}
    return None if any(map(is_in_transaction, used)) else cache


def _complain(what_failed: str) -> None:
    if n := repeats.of(f"the cache, {what_failed}"):
        text = "The cache can not be %s, %d time(s); counted afresh."
        logger.warning(text, what_failed, n, exc_info=True)
