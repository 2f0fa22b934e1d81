"""Where our calls are among the host's addresses: in any namespaces, below any captured values."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, URLResolver, get_resolver, get_urlconf, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils.functional import Promise

from django_share_analytics.conf import APP_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.http import HttpRequest
    from django.urls import ResolverMatch

NOT_INCLUDED = 'Nothing is counted: include("django_share_analytics.urls") in your urls.'


@dataclass(frozen=True, slots=True)
class Mount:
    """One way to a pattern of ours. A host may include our urls more than once."""

    namespaces: tuple[str, ...]
    name: str
    captured: tuple[str, ...] = ()
    """The names of what is captured on the way."""
    unnamed: int = 0
    """How much more is captured, without a name."""
    is_translated: bool = False
    """Whether the way is another in each language."""

    @property
    def full_name(self) -> str:
        return ":".join((*self.namespaces, self.name))

    def values_from(self, match: ResolverMatch | None) -> dict[str, Any]:
        """What is captured on the way, where the address of a request says it."""
        values = match.kwargs if match else {}
        return {each: values[each] for each in self.captured if each in values}

    def below(self, resolver: URLResolver) -> Mount:
        names = tuple(resolver.pattern.regex.groupindex)
        return Mount(
            (*filter(None, [resolver.namespace]), *self.namespaces),
            self.name,
            (*names, *self.captured),
            resolver.pattern.regex.groups - len(names) + self.unnamed,
            self.is_translated or _is_translated(resolver.pattern),
        )


def _is_translated(pattern: Any) -> bool:
    text = getattr(pattern, "_route", None) or getattr(pattern, "_regex", None)
    return isinstance(pattern, LocalePrefixPattern) or isinstance(text, Promise)


def api_url(name: str, request: HttpRequest | None = None) -> str:
    """The address of our call ``name``.

    What the host's own patterns capture before it (``path("<slug:shop>/api/", include(…))``) is
    taken from the address of ``request``. Of several places that one is meant which has most of its
    namespaces in common with the request, and the first of these.

    :raises NoReverseMatch: there is none, and what to do.
    """
    match = getattr(request, "resolver_match", None)
    places = mounts_of(name, request)
    for place in places:
        kwargs = place.values_from(match)
        args = match.args[: place.unnamed] if match and not kwargs else ()
        with suppress(NoReverseMatch):
            return reverse(place.full_name, args=args, kwargs=kwargs)
    raise NoReverseMatch(_why_not(places))


def mounts_of(
    name: str, request: HttpRequest | None = None, *, app_name: str = APP_LABEL
) -> Sequence[Mount]:
    """The ways to our pattern ``name`` in the urls that are in force, the best for ``request``
    first. ``app_name`` says of which of our urls it is."""
    places = _places(get_resolver(get_urlconf()), app_name, name)
    if len(places) < 2:
        return places
    here = getattr(getattr(request, "resolver_match", None), "namespaces", ())
    return sorted(places, key=lambda place: -len(_beginning(place.namespaces, here)))


def _beginning(namespaces: Iterable[str], others: Iterable[str]) -> list[Any]:
    """What both begin with."""
    pairs = zip(namespaces, others, strict=False)
    return list(takewhile(lambda pair: pair[0] == pair[1], pairs))


def _why_not(places: Sequence[Mount]) -> str:
    if not places:
        return NOT_INCLUDED
    needed = ", ".join(places[0].captured) or "what your urls capture before it"
    return (
        f"Nothing is counted: the address of {places[0].full_name!r} needs {needed}, "
        "and the address of this page has none of that. Say it yourself, with endpoint=."
    )


@lru_cache(maxsize=64)
def _places(root: URLResolver, app_name: str, name: str) -> tuple[Mount, ...]:
    # Django makes new resolvers when other urls are set, so that none is ever out of date.
    return tuple(_find(root, app_name, name, is_ours=False))


def _find(resolver: URLResolver, app_name: str, name: str, *, is_ours: bool) -> Iterator[Mount]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inside = entry.app_name == app_name if entry.namespace else is_ours
            for place in _find(entry, app_name, name, is_ours=inside):
                yield place.below(entry)
        elif is_ours and entry.name == name:
            yield Mount((), name)
