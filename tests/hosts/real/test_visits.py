"""The table of visits of the project whose settings are in use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from tests.hosts.real.conftest import HOST, PACKAGE
from tests.hosts.real.visits import make_visit

if TYPE_CHECKING:
    from django.test import Client

STORIES = import_module(f"{PACKAGE}.{HOST}.visits").VISITS


@pytest.mark.parametrize("story", STORIES)
def test_visits(client: Client, names: dict[str, Any], story: str) -> None:
    for visit in STORIES[story]:
        make_visit(client, visit, names)


@pytest.mark.django_db
def test_no_check_and_no_migration_is_asked_for() -> None:
    call_command("check", databases=["default"], fail_level="WARNING")
    call_command("makemigrations", "share_analytics", check=True, dry_run=True, verbosity=0)
