"""``GET s/qr/<code>/<key>``: a share's link as a QR code, for paper and for others' phones."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse

from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.links.addresses import whole_link_of
from django_share_analytics.links.buttons import can_draw_codes
from django_share_analytics.links.codes import share_id_of
from django_share_analytics.redirects.pages import page_of
from django_share_analytics.redirects.views import OpenView, key_of_app, no_page, unavailable

if TYPE_CHECKING:
    from django.http import HttpRequest

PICTURE_KEPT_SECONDS = 86_400
"""A link's picture never changes."""
PIXELS = 8
"""A side of one of its squares."""


class QRView(OpenView):
    """The picture in SVG. Needs ``segno``: ``pip install "django-share-analytics[qr]"``."""

    def get(self, request: HttpRequest, code: str, key: str, **captured: Any) -> HttpResponse:
        if not can_draw_codes():
            # A check says so. Nothing of the fives: Django mails these to the admins, and anybody
            # can ask.
            raise Http404
        share_id = share_id_of(code)
        try:
            app_id = key_of_app(key)
            page_of(app_id)  # pictures of what is there alone
        except UnknownApp as error:
            raise Http404 from error
        except InvalidShare as error:
            raise no_page(error) from error
        except Exception as error:
            return unavailable(error)
        link = share_id and whole_link_of(share_id, app_id, request)
        if not link:
            raise Http404
        picture = draw(link)
        response = HttpResponse(picture, "image/svg+xml")
        response["Cache-Control"] = f"public, max-age={PICTURE_KEPT_SECONDS}"
        response["X-Robots-Tag"] = "noindex"
        return response


def draw(text: str) -> bytes:
    """A QR code of ``text`` in SVG, black on white whatever is around it.

    :raises Http404: it is longer than any QR code holds.
    """
    import segno

    try:
        code = segno.make_qr(text, error="m")
    except segno.DataOverflowError as error:
        raise Http404 from error
    out = BytesIO()
    code.save(out, kind="svg", scale=PIXELS, dark="#000", light="#fff")
    return out.getvalue()
