"""Functions and objects of the host that settings name can be called, and say what they should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.checks.app_model import check_app_model
from django_share_analytics.checks.settings import readable_settings
from django_share_analytics.gates.chain import GATES_PATH, gates_at
from django_share_analytics.host.databases import schemas_of_tenants
from django_share_analytics.host.hooks import function_at
from django_share_analytics.host.names import APPS_WITH_NAMES_PATH, named_apps
from django_share_analytics.places import TENANT_PATH, make_tenancy
from django_share_analytics.stats.visibility import PUBLIC_APPS_PATH, public_apps
from django_share_analytics.virality.views import SHARE_VIEWS_PATH
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Callable


def check_public_apps(**kwargs: Any) -> list[CheckMessage]:
    """E007: what says which apps are public can be called, and gives a queryset of them."""
    ours = readable_settings()
    if ours is None or not ours.public_apps or check_app_model():
        return []
    hint = (
        "Name a function that takes a queryset of your model and returns one, such as "
        "lambda apps: apps.filter(is_published=True)."
    )
    return _called(public_apps, PUBLIC_APPS_PATH, hint=hint, id="share_analytics.E007")


def check_apps_with_names(**kwargs: Any) -> list[CheckMessage]:
    """E023: what says how names are read can be called, and gives a queryset of apps."""
    ours = readable_settings()
    if ours is None or not ours.apps_with_names or check_app_model():
        return []
    hint = (
        "Name a function that takes a queryset of your model and returns one, such as "
        'lambda apps: apps.select_related("publisher").'
    )
    return _called(named_apps, APPS_WITH_NAMES_PATH, hint=hint, id="share_analytics.E023")


def check_share_views(**kwargs: Any) -> list[CheckMessage]:
    """E031: what says how often things were seen is a function. It is not called."""
    ours = readable_settings()
    if ours is None or not ours.share_views:
        return []
    hint = (
        "Name a function views(app, start, end) that returns a dictionary of days and numbers, for "
        "an app's key, or for the whole site where that is None."
    )
    return _called(
        lambda: function_at(ours.share_views, SHARE_VIEWS_PATH),
        SHARE_VIEWS_PATH,
        hint=hint,
        id="share_analytics.E031",
    )


def check_gates(**kwargs: Any) -> list[CheckMessage]:
    """E032: what events pass before they are accepted can be called. It is not."""
    ours = readable_settings()
    if ours is None:
        return []
    hint = (
        "Name functions gate(event, request) that return None, a reason or an event. Until then no "
        "share is accepted."
    )
    return _called(lambda: gates_at(ours.gates), GATES_PATH, hint=hint, id="share_analytics.E032")


def _called(hook: Callable[[], object], path: str, *, hint: str, id: str) -> list[CheckMessage]:
    try:
        hook()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=hint, id=id)]
    except Exception as error:  # whatever the host's function raises
        return [Error(f"{path} raises {describe(error)}", hint=hint, id=id)]
    return []


def check_tenants(**kwargs: Any) -> list[CheckMessage]:
    """E020 and E024: what names tenants can be asked, and is set where there are some."""
    ours = readable_settings()
    if ours is None:
        return []
    if ours.tenant:
        return _check_tenancy(ours.tenant)
    return [
        Error(
            f"The database {alias!r} has a schema for each tenant, and {TENANT_PATH} is not set: "
            "shares of one tenant would be counted for another.",
            hint=f'Set {TENANT_PATH} = "django_share_analytics.tenants.DjangoTenants".',
            id="share_analytics.E024",
        )
        for alias in schemas_of_tenants()
    ]


def _check_tenancy(path: str) -> list[CheckMessage]:
    try:
        make_tenancy(path)
    except ImproperlyConfigured as error:
        hint = "Name a class or an object with the methods current() and use(tenant)."
        return [Error(str(error), hint=hint, id="share_analytics.E020")]
    return []
