"""Templates of a theme in the place of Django's: title and breadcrumbs, counts and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from django_share_analytics.admin import ShareAdmin
from django_share_analytics.admin.shares.paginator import CappedPaginator
from django_share_analytics.admin.themes import is_djangos_own
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

STATISTICS = "admin:share_analytics_sharestatistics_changelist"
VIRALITY = "admin:share_analytics_sharevirality_changelist"
SHARES = "admin:share_analytics_share_changelist"

BASE = """<title>{{ title }}</title>{% block extrahead %}{% endblock %}
<nav>{% block breadcrumbs %}{% endblock %}</nav><h3>{% block content_title %}{% endblock %}</h3>
{% block content %}{% endblock %}{% block footer %}{% endblock %}"""
LIST = """{% extends "admin/base_site.html" %}{% load admin_list %}
{% block breadcrumbs %}<b>{{ cl.opts.app_config.verbose_name }}</b>{% endblock %}
{% block content_title %}{{ cl.opts.verbose_name_plural|capfirst }}{% endblock %}
{% block object-tools %}{% block object-tools-items %}<i>tools</i>{% endblock %}{% endblock %}
{% block content %}
{% for spec in cl.filter_specs %}<s>{{ spec.parameter_name|default:"none" }}</s>{% endfor %}
{% endblock %}
{% block footer %}{% block pagination %}{% pagination cl %}{% endblock %}{% endblock %}"""
PAGINATION = """{% load i18n %}
{% blocktranslate count counter=cl.result_count %}{{ counter }} one{% plural %}{{ counter }} many
{% endblocktranslate %}"""


@pytest.fixture
def theme(tmp_path: Path, settings: Any) -> None:
    """A theme that has titles in its lists alone, and counts with the number of rows."""
    files = {
        "base": BASE,
        "base_site": '{% extends "admin/base.html" %}',
        "change_list": LIST,
        "pagination": PAGINATION,
    }
    put(tmp_path, settings, **files)


def test_is_djangos_own__until_a_theme_has_another() -> None:
    assert is_djangos_own("admin/base.html")
    assert not is_djangos_own("admin/share_analytics/tool.html")


@pytest.mark.usefixtures("theme")
def test_is_djangos_own__not_with_a_theme() -> None:
    assert not is_djangos_own("admin/base.html")


def put(tmp_path: Path, settings: Any, **files: str) -> None:
    (tmp_path / "admin").mkdir()
    for name, text in files.items():
        (tmp_path / "admin" / f"{name}.html").write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]


EXTENDED = '{% extends "admin/base.html" %}{% block footer %}ours{% endblock %}'


def test_is_djangos_own__when_a_host_extends_it(
    tmp_path: Path, settings: Any, admin_client: Client
) -> None:
    plain = admin_client.get(reverse(STATISTICS)).content.decode()
    put(tmp_path, settings, base='{% extends "admin/ours.html" %}', ours=EXTENDED)
    assert is_djangos_own("admin/base.html")
    page = admin_client.get(reverse(STATISTICS)).content.decode()
    assert "ours" in page
    assert page.count("breadcrumbs") == plain.count("breadcrumbs") > 0


@pytest.mark.parametrize(
    "base", ['{% extends "admin/other.html" %}', "{% extends of_the_context %}", "{{ title }}"]
)
def test_is_djangos_own__not_when_it_extends_another(
    base: str, tmp_path: Path, settings: Any
) -> None:
    put(tmp_path, settings, base=base, other=BASE)
    assert not is_djangos_own("admin/base.html")


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize("is_allowed", [True, False])
@pytest.mark.parametrize(
    ("address", "title"), [(STATISTICS, "Share statistics"), (VIRALITY, "How far shares travel")]
)
def test_pages_of_numbers_have_a_themes_title_and_breadcrumbs(
    admin_client: Client,
    client: Client,
    django_user_model: Any,
    is_allowed: bool,
    address: str,
    title: str,
) -> None:
    client.force_login(django_user_model.objects.create_user("editor", is_staff=True))
    answer = (admin_client if is_allowed else client).get(reverse(address))
    page = answer.content.decode()
    assert "<b>Share analytics</b>" in page
    assert f"<h3>{title}</h3>" in page
    assert "<i>tools</i>" not in page
    assert ("share-stats share-themed" in page) == is_allowed


@pytest.mark.usefixtures("theme")
def test_a_theme_gets_numbers_and_names(
    admin_client: Client, make_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "limit", 2)
    monkeypatch.setattr(ShareAdmin, "list_per_page", 1)
    app = make_app("Chess")
    write_shares([event(app) for _ in range(4)])
    page = admin_client.get(reverse(SHARES)).content.decode()
    assert "2 many" in page
    assert "<s>none</s>" not in page
    assert "<s>from</s><s>platform</s><s>app</s><s>user</s>" in page


def test_filters_of_a_theme_that_has_them_in_a_form_have_none(
    admin_client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = '<form method="get">\n'
    page = admin_client.get(reverse(SHARES)).content.decode()
    assert page.count(forms) == 3
    monkeypatch.setattr(ShareAdmin, "list_filter_submit", True, raising=False)
    page = admin_client.get(reverse(SHARES)).content.decode()
    assert forms not in page
    assert page.count('class="share-filter-fields"') == 3


@pytest.mark.usefixtures("theme")
def test_who_may_not_see_the_list_is_told_so(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("editor", is_staff=True))
    answer = client.get(reverse(SHARES))
    assert answer.status_code == 403
    assert "<h3>Shares</h3>" in answer.content.decode()
    assert "share_analytics.view_share" in answer.content.decode()
