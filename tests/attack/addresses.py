"""All addresses of ours, as the URL list has them: none is forgotten that somebody adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import URLPattern, get_resolver, reverse

from django_share_analytics.links.codes import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
OURS = ("share_analytics:", "share_links:", "admin:share_analytics_")


def names() -> list[str]:
    """``namespace:name`` of every address of ours on :mod:`tests.attack.urls`."""
    found = (_full(*each) for each in _walk(get_resolver("tests.attack.urls"), ()))
    return sorted(name for name in found if name.startswith(OURS))


def address(name: str, values: Mapping[str, Any]) -> str:
    """One of them with what it captures filled in: ``code``, ``key``, ``app_id``, ``object_id``."""
    resolver = get_resolver("tests.attack.urls")
    captured = next(
        pattern.pattern.converters
        for namespaces, pattern in _walk(resolver, ())
        if _full(namespaces, pattern) == name
    )
    wanted = {each: values[_kind(name, each)] for each in captured}
    return reverse(name, urlconf="tests.attack.urls", kwargs=wanted)


def values_of(app: Any, share: Any, aside: Any) -> dict[str, Any]:
    return {
        "code": code_of(share.id),
        "key": str(app.pk),
        "app_id": str(app.pk),
        "share": share.id,
        "setaside": aside.pk,
    }


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, but for sessions, which a request may renew."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models()
        if model is not Session
    }


def _kind(name: str, captured: str) -> str:
    """Of which table the ``object_id`` is."""
    return name.split("_")[2] if captured == "object_id" else captured


def _full(namespaces: tuple[str, ...], pattern: URLPattern) -> str:
    return ":".join((*namespaces, str(pattern.name)))


def _walk(resolver: Any, namespaces: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield namespaces, each
        else:
            yield from _walk(each, (*namespaces, *filter(None, [each.namespace])))
