"""What is kept of a session id, as the setting ``SESSION_ID`` has it."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from django_share_analytics.conf import get_settings

SESSION_SALT = "django_share_analytics.session"


def kept_session(session_id: str) -> str:
    """The session id itself, 64 hexadecimal digits that stand for it, or nothing.

    The digits are keyed with ``SECRET_KEY``: shares of a session are known as such for as long as
    that is the same, and from the database alone nobody tells whose session it was.
    """
    how_much = get_settings().session_id
    if how_much == "full" or not session_id:
        return session_id
    if how_much == "none":
        return ""
    said = session_id.encode(errors="surrogatepass")
    return salted_hmac(SESSION_SALT, said, algorithm="sha256").hexdigest()
