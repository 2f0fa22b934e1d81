"""``GET s/<code>/<key>``: to the page of what was shared, and nowhere else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, DisallowedRedirect
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views import View

from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.host.addresses import address_on_site
from django_share_analytics.keys import parse_app_key
from django_share_analytics.links.codes import share_id_of
from django_share_analytics.redirects.noticing import notice
from django_share_analytics.redirects.pages import page_of
from django_share_analytics.repeats import repeats, said_already
from django_share_analytics.wording import traced

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

logger = logging.getLogger("django_share_analytics")

AGAIN_AFTER_SECONDS = 5


class OpenView(View):
    """For everyone, and without a transaction: a database that is away fails no request for what
    is kept."""

    http_method_names = ["get", "head", "options"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return login_not_required(transaction.non_atomic_requests(super().as_view(**initkwargs)))


class LinkView(OpenView):
    """Sends whoever comes by a share's link to the app's page, with the code as a fragment.

    A fragment, so that caches keep one page, however many links lead to it.
    """

    def get(self, request: HttpRequest, code: str, key: str, **captured: Any) -> HttpResponse:
        return self._lead(request, code, key, is_seen=True)

    def head(self, request: HttpRequest, code: str, key: str, **captured: Any) -> HttpResponse:
        """The same without being noticed: no person asks so."""
        return self._lead(request, code, key, is_seen=False)

    def _lead(self, request: HttpRequest, code: str, key: str, *, is_seen: bool) -> HttpResponse:
        share_id = share_id_of(code)
        try:
            app_id, page = app_and_page(key)
            response = redirect_to(with_code(address_on_site(page, request), code, share_id))
        except UnknownApp as error:
            raise Http404 from error
        except InvalidShare as error:
            raise no_page(error) from error
        except DisallowedHost:
            raise  # Django answers with 400
        except Exception as error:
            return unavailable(error)
        if is_seen and share_id is not None:
            notice(request, share_id, app_id)
        return response


def key_of_app(key: str) -> Any:
    """:raises UnknownApp: no app can have it: a stranger's doing, and no fault of the host's."""
    try:
        return parse_app_key(key)
    except InvalidShare as error:
        raise UnknownApp from error


def app_and_page(key: str) -> tuple[Any, str]:
    """The key of a link's app, and its page. What has sent a link on may have put a slash behind
    it, unless that is part of an app's key.

    With a slash there are two queries at most; where keys are texts one each time, whatever is
    kept: an app may have come whose key ends so.

    :raises UnknownApp: as of :func:`page_of`, which says what else is raised.
    """
    try:
        app_id = key_of_app(key)
        return app_id, page_of(app_id)
    except UnknownApp:
        if not key.endswith("/"):
            raise
    app_id = key_of_app(key[:-1])
    return app_id, page_of(app_id)


def with_code(address: str, code: str, share_id: UUID | None) -> str:
    """``address`` with the code behind it, if that is one, and there is room for it."""
    address, _hash, fragment = address.partition("#")
    if fragment:
        return f"{address}#{fragment}"
    # No "=": hosts look for an element by the fragment, and that would be no selector.
    return f"{address}#share-{code}" if share_id else address


def redirect_to(address: str) -> HttpResponse:
    """:raises InvalidShare: Django sends nobody there."""
    try:
        response = HttpResponseRedirect(address)
    except DisallowedRedirect as error:
        raise InvalidShare(str(error)) from error
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    # Django's own, "same-origin", would hide from the page where its visitor comes from.
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def no_page(error: InvalidShare) -> Http404:
    """What a visitor gets where the host's model leads to no page of the site."""
    if n := repeats.of("no page behind a link"):
        logger.warning("%d share link(s) led to no page: get_absolute_url() %s", n, error)
    return Http404()


def unavailable(error: Exception) -> HttpResponse:
    if n := repeats.of("a link could not be followed"):
        logger.error("%d share link(s) could not be followed: %s", n, traced(error))
    text = _("This page can't be shown right now. Please try again in a moment.")
    response = HttpResponse(text, "text/plain; charset=utf-8", status=503)
    response["Retry-After"] = str(AGAIN_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response if n else said_already(response)
