"""What deletions through the tree leave: counts that equal the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from wagtail.models import Page

from django_share_analytics import models
from django_share_analytics.writing.writer import write_shares
from tests.factories import event, stored_counts
from tests.hosts.real.visits import user_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


def by_the_model(client: Client, names: dict[str, Any]) -> None:
    Page.objects.get(pk=names["chess"]).specific.delete()


def by_the_parent_model(client: Client, names: dict[str, Any]) -> None:
    Page.objects.get(pk=names["chess"]).delete()


def by_the_tree(client: Client, names: dict[str, Any]) -> None:
    Page.objects.get(pk=names["folder"]).delete()


def by_a_query(client: Client, names: dict[str, Any]) -> None:
    Page.objects.filter(pk=names["chess"]).delete()


def in_bulk(client: Client, names: dict[str, Any]) -> None:
    client.force_login(user_of("admin"))
    address = f"/cms/bulk/wagtailcore/page/delete/?id={names['chess']}&next=/cms/"
    assert client.post(address).status_code == 302


@pytest.mark.parametrize(
    "delete", [by_the_model, by_the_parent_model, by_the_tree, by_a_query, in_bulk]
)
def test_deleted_pages_take_their_counts_along(
    client: Client, names: dict[str, Any], delete: Callable[[Client, dict[str, Any]], None]
) -> None:
    write_shares([event(names["chess"]) for _ in range(3)] + [event(names["go"], "copy")])
    delete(client, names)
    assert not Page.objects.filter(pk=names["chess"]).exists()
    assert list(models.Share.objects.values_list("app", "platform")) == [(names["go"], "copy")]
    assert stored_counts()["app"] == {(names["go"],): 1}
    assert sum(stored_counts()["site_hour"].values()) == 1
    call_command("verify_share_counts")
