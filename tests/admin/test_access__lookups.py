"""Whatever an address of the admin asks for: no rows, or a 400; never an error, on no database."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing.set_aside import set_payload_aside

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LISTS = {
    "shares": "share_analytics_share_changelist",
    "export": "share_analytics_share_export",
    "set aside": "share_analytics_setaside_changelist",
    "statistics": "share_analytics_sharestatistics_changelist",
    "apps": "{app_label}_{model_name}_changelist",
}
FINE = {200, 302, 400, 404}
NAMES = [
    *("q", "p", "o", "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters"),
    *("platform", "app", "user", "from", "to", "days", "compare", "export", "reason"),
]
FIELDS = [
    *("id", "pk", "timestamp", "session_id", "user_agent", "referrer_url", "app_id", "user_id"),
    *("error", "payload", "set_aside_at", "reason", "platform", "app", "user"),
    *("app__name", "user__password", "user__groups__name"),
]
OF_THE_HOSTS_LIST = [
    "share_analytics_total",
    "share_analytics_platform_counts__n",
    "share_analytics_shares__user_agent",
]
LOOKUPS = [
    *("exact", "in", "isnull", "range", "gt", "lte", "contains", "regex", "iregex", "year"),
    *("date", "week_day", "hour__gt", "nothing", ""),
]
HOSTILE = ["\x00", "(", "(a+)+$", "9" * 40, "9" * 5_000, "\ud800", "x" * 2_000, "-0.-1.99", "1e309"]
VALUES = [
    *("", "a\x00b", "\U0001f600", "[[:nope:]]", "\\", "%", "'", "-1", "0", "1", "01", "1.5", "nan"),
    *("9" * 19, "\u0665", "None", "true", "True,False", "1,2,3", ",", "9999-12-31", "10000-01-01"),
    *("2026-02-30", "24:00", "0001-01-01", "00000000-0000-0000-0000-000000000000", "../.."),
]
names = st.one_of(
    st.sampled_from(NAMES),
    st.builds("{}__{}".format, st.sampled_from(FIELDS), st.sampled_from(LOOKUPS)),
    st.sampled_from(FIELDS + OF_THE_HOSTS_LIST),
    st.text(max_size=8),
)
values = st.one_of(
    st.sampled_from(HOSTILE), st.sampled_from(VALUES), st.text(max_size=12), st.integers().map(str)
)
queries = st.lists(st.tuples(names, values), min_size=1, max_size=4)


@pytest.fixture
def browser(admin_user: Any, app: Any, record: Any) -> Client:
    record(app, 3, user_id=admin_user.pk, session_id="s-1")
    set_payload_aside("{}", error=ValueError("no share"))
    browser = Client(raise_request_exception=False)
    browser.force_login(admin_user)
    return browser


@pytest.fixture(params=LISTS)
def address(request: Any, app_model: Any) -> str:
    meta = app_model._meta
    name = LISTS[request.param].format(app_label=meta.app_label, model_name=meta.model_name)
    return reverse(f"admin:{name}")


def ask(browser: Client, address: str, query: list[tuple[str, str]]) -> int:
    """As a browser would send it, and as none would: half of a pair as three bytes."""
    response = browser.get(f"{address}?{urlencode(query, errors='surrogatepass')}")
    if response.streaming:
        b"".join(response)  # type: ignore[arg-type]
    return response.status_code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(query=queries)
def test_whatever_is_asked_for(query: list[tuple[str, str]], browser: Client, address: str) -> None:
    assert ask(browser, address, query) in FINE


@pytest.mark.parametrize("value", HOSTILE)
def test_every_parameter__of_a_list(value: str, browser: Client, address: str) -> None:
    answers = {name: ask(browser, address, [(name, value)]) for name in NAMES}
    assert {name: status for name, status in answers.items() if status not in FINE} == {}


@pytest.mark.parametrize("model", [Share, SetAside])
def test_lookups__that_no_page_offers(model: Any) -> None:
    """Asked, each could read the whole table, never end, or be an error of the database."""
    pages = django_admin.site.get_model_admin(model)
    fields = {field.name for field in model._meta.fields} | {"pk"}
    asked = [
        f"{field}{'__' if lookup else ''}{lookup}"
        for field in FIELDS
        for lookup in LOOKUPS
        if field.split("__")[0] in fields
    ]
    offered = {"platform", "app", "user"} if model is Share else {"reason"}
    assert {name for name in asked if pages.lookup_allowed(name, "1")} == offered


@pytest.mark.parametrize("lookup", ["error__regex", "payload__iregex", "set_aside_at__year__gt"])
@pytest.mark.parametrize("value", ["(", "9" * 40])
def test_lookups__of_what_was_set_aside(lookup: str, value: str, browser: Client) -> None:
    address = reverse("admin:share_analytics_setaside_changelist")
    assert ask(browser, address, [(lookup, value)]) == 400


@pytest.mark.parametrize("lookup", ["regex", "gt", "in", "contains"])
@pytest.mark.parametrize("value", ["(", "9" * 40])
@pytest.mark.parametrize("name", OF_THE_HOSTS_LIST)
def test_lookups__of_our_column_in_a_hosts_list(
    name: str, lookup: str, value: str, browser: Client, app_model: Any
) -> None:
    meta = app_model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    assert ask(browser, address, [(f"{name}__{lookup}", value)]) == 400


@pytest.mark.parametrize("value", ["\x00", "no such reason", "x" * 2_000, "(", "UNREADABLE"])
def test_reason__that_nothing_was_set_aside_for(value: str, browser: Client) -> None:
    page = browser.get(reverse("admin:share_analytics_setaside_changelist"), {"reason": value})
    assert (page.status_code, page.context_data["cl"].result_count) == (200, 0)


@pytest.mark.parametrize("key", [*HOSTILE[:5], "none", "../x", "\u0634"])
@pytest.mark.parametrize("model", ["share", "setaside"])
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_page__of_what_has_no_such_key(model: str, page: str, key: str, browser: Client) -> None:
    address = f"/admin/share_analytics/{model}/{quote(key, errors='surrogatepass')}/{page}/"
    assert browser.get(address).status_code in {*FINE, 403}


@pytest.mark.parametrize("key", [*HOSTILE[:5], "none", ""])
@pytest.mark.parametrize(
    ("model", "action"),
    [("share", "export_selected"), ("setaside", "replay"), ("setaside", "delete_selected")],
)
def test_action__on_what_has_no_such_key(
    model: str, action: str, key: str, browser: Client
) -> None:
    address = reverse(f"admin:share_analytics_{model}_changelist")
    for more in ({}, {"select_across": "("}, {"index": "9" * 5_000}, {"index": "-7"}):
        form = {"action": action, ACTION_CHECKBOX_NAME: [key], **more}
        assert browser.post(address, form).status_code in FINE
