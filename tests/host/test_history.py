"""What is read out of a host's migrations."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from django_share_analytics.host.history import HostHistory
from tests.host.hosts_of_all_kinds import (
    broken,
    created_again,
    created_in_the_state_alone,
    created_on_a_branch,
    created_second,
    created_unseen,
    none_at_all,
    of_many_tables,
    renamed,
    renamed_and_its_name_given_to_another,
    renamed_to_the_name_of_another_before,
    squashed,
    squashed_and_tidied_up,
)
from tests.host.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Host = Callable[[Site], None]
    Read = Callable[[Host, str], HostHistory]

pytestmark = pytest.mark.once


@pytest.fixture
def read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: pytest.FixtureRequest
) -> Iterator[Read]:
    def read_history(host: Host, name: str) -> HostHistory:
        site = Site(tmp_path)
        host(site)
        settings.MIGRATION_MODULES = {site.label: f"{site.label}.migrations"}
        return HostHistory(site.label, name)

    monkeypatch.syspath_prepend(str(tmp_path))
    yield read_history
    for name in [name for name in sys.modules if name.partition(".")[0] == "store"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("host", "name", "created_by"),
    [
        (created_second, "Product", "0002_product"),
        (created_second, "product", "0002_product"),
        (renamed, "Item", "0002_product"),
        (renamed_and_its_name_given_to_another, "Item", "0002_product"),
        (renamed_and_its_name_given_to_another, "Product", "0004_product"),
        (renamed_to_the_name_of_another_before, "Item", "0002_new"),
        (created_again, "Product", "0003_with"),
        (created_in_the_state_alone, "Product", "0002_product"),
        (created_on_a_branch, "Product", "0002_b"),
        (squashed, "Item", "0002_product"),
        (squashed, "Last", "0004_last"),
        (squashed_and_tidied_up, "Item", "0001_squashed_0003"),
    ],
)
def test_created_by(host: Host, name: str, created_by: str, read: Read) -> None:
    model = read(host, name).model
    assert model is not None
    assert model.created_by == created_by


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (renamed, "Product"),
        (renamed_to_the_name_of_another_before, "ItemNew"),
        (renamed_to_the_name_of_another_before, "Draft"),
        (created_unseen, "Product"),
        (broken, "Product"),
        (none_at_all, "Product"),
    ],
)
def test_not_found(host: Host, name: str, read: Read) -> None:
    history = read(host, name)
    assert history.model is None
    assert history.name_where({"category"}) == name.lower()


@pytest.mark.parametrize(
    ("host", "present", "called"),
    [
        (renamed, "category product", "product"),
        (renamed, "category item", "item"),
        (renamed_and_its_name_given_to_another, "category product", "product"),
        (renamed_and_its_name_given_to_another, "category item", "item"),
        (renamed_and_its_name_given_to_another, "category item product", "item"),
        (renamed_to_the_name_of_another_before, "item itemnew", "itemnew"),
        (renamed_to_the_name_of_another_before, "itemnew", "itemnew"),
        (renamed_to_the_name_of_another_before, "item", "item"),
        # Models that were made in a way that we don't see:
        (renamed, "category item unseen", "item"),
        (renamed, "category product unseen", "product"),
        (renamed, "unseen", "item"),
    ],
)
def test_name_where(host: Host, present: str, called: str, read: Read) -> None:
    assert read(host, "Item").name_where(set(present.split())) == called


@pytest.mark.parametrize(
    ("host", "tables"),
    [
        (renamed, {"store_product", "store_item"}),
        (of_many_tables, {"goods", "wares", "store_product", "store_item"}),
    ],
)
def test_tables(host: Host, tables: set[str], read: Read) -> None:
    model = read(host, "Item").model
    assert model is not None
    assert model.tables == tables
