"""Admin themes: packages that put templates of their own in the place of Django's."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.apps import apps
from django.contrib import admin
from django.template import Context, TemplateSyntaxError
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode

DJANGOS_TEMPLATES = Path(admin.__file__).parent
BASE = "admin/base.html"


def is_djangos_own(template: str) -> bool:
    """Whether this template of Django's admin is itself, or what a host changed of it in another
    that extends it, and not one that somebody has put in its place."""
    found: Any = get_template(template)
    try:
        origin = _foundation(found.template).origin
    except TemplateSyntaxError:  # which one it extends is said by a context that isn't there
        return False
    return Path(origin.name).is_relative_to(DJANGOS_TEMPLATES)


def _foundation(template: Any) -> Any:
    """The last of the templates that each extend the next; Django tells those of one name apart."""
    context = Context()
    with context.bind_template(template):
        while extending := template.nodelist.get_nodes_by_type(ExtendsNode):
            template = extending[0].get_parent(context)
    return template


def frame_of_page(model_admin: Any) -> dict[str, Any]:
    """What a page that is no list of rows needs, to stand in the admin like one of its lists.

    Title and breadcrumbs are where a theme has them, and that is known to its own list of rows. In
    Django's own admin they are ours.
    """
    if is_djangos_own(BASE):
        return {
            "frame": "admin/base_site.html",
            "is_djangos_own": True,
            "breadcrumbs_are_a_list": django.VERSION >= (6, 1),
        }
    rows = SimpleNamespace(opts=model_admin.opts, model_admin=model_admin, formset=None)
    return {"frame": "admin/change_list.html", "cl": rows}


def tools_are_a_list() -> bool:
    """Whether the links above a list are the items of a list, as they are in Django's admin."""
    return not (apps.is_installed("jazzmin") or apps.is_installed("unfold"))


def tool_template() -> str:
    """What a link above the page of one object is written with."""
    if apps.is_installed("unfold"):
        return "unfold/helpers/tab_action.html"
    return "admin/share_analytics/tool.html"


def has_filters_in_a_form(model_admin: Any) -> bool:
    """Whether all filters of a list are in one form of the theme: forms can't be within others."""
    return apps.is_installed("jazzmin") or bool(getattr(model_admin, "list_filter_submit", False))
