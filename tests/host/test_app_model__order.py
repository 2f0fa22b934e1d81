"""Hosts whose migrations create the shared model early or late, rename it, squash it.

A database is made of nothing, as at the start of every test run, and ours are taken back and made
again: one process each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.host.hosts_of_all_kinds import (
    AFTER_OURS,
    BEFORE_OURS,
    broken,
    created_in_the_state_alone,
    created_on_a_branch,
    created_second,
    created_unseen,
    created_unseen_and_said_so,
    depending_on_ours_before,
    depending_on_ours_later,
    elsewhere,
    mistyped,
    none_at_all,
    not_made_yet,
    nowhere,
    of_another_app,
    renamed,
    renamed_and_its_name_given_to_another,
    renamed_to_the_name_of_another_before,
    squashed,
    squashed_and_tidied_up,
    turned_off,
)
from tests.host.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.once, pytest.mark.slow]

ROUND_TRIP = ("-W", "error", "-m", "tests.migrate_round_trip")


@pytest.mark.parametrize(
    ("host", "label"),
    [
        (created_second, AFTER_OURS),
        (renamed, BEFORE_OURS),
        (renamed, AFTER_OURS),
        (renamed_and_its_name_given_to_another, BEFORE_OURS),
        (renamed_and_its_name_given_to_another, AFTER_OURS),
        (renamed_to_the_name_of_another_before, AFTER_OURS),
        (squashed, AFTER_OURS),
        (squashed_and_tidied_up, AFTER_OURS),
        (created_in_the_state_alone, AFTER_OURS),
        (created_on_a_branch, AFTER_OURS),
        (depending_on_ours_later, AFTER_OURS),
        (created_unseen_and_said_so, AFTER_OURS),
        (elsewhere, AFTER_OURS),
        (turned_off, AFTER_OURS),
        (none_at_all, AFTER_OURS),
        (of_another_app, AFTER_OURS),
    ],
)
def test_from_nothing(host: Callable[[Site], None], label: str, tmp_path: Path) -> None:
    site = Site(tmp_path, label)
    host(site)
    site.succeeds(*ROUND_TRIP)


@pytest.mark.parametrize(
    ("host", "said"),
    [
        (
            depending_on_ours_before,
            "The migration store.0001_category depends on share_analytics, whose tables point to "
            "the model that store.0002_product creates.",
        ),
        (not_made_yet, "Run 'manage.py makemigrations store' first"),
        (mistyped, "SHARE_ANALYTICS_APP_MODEL is 'store.Prodcut': there is no such model."),
        (created_unseen, "run_before = [('share_analytics', '0001_initial')]"),
        (broken, "No module named 'no_such_module'"),
        (nowhere, "No module named 'no_such_place'"),
    ],
)
def test_what_can_not_work_is_said(host: Callable[[Site], None], said: str, tmp_path: Path) -> None:
    site = Site(tmp_path)
    host(site)
    assert said in site.fails(*ROUND_TRIP).strip().splitlines()[-1]


def test_none_at_all__is_said_by_migrate(tmp_path: Path) -> None:
    site = Site(tmp_path)
    none_at_all(site)
    assert "Run 'manage.py makemigrations store' first" in site.fails("-m", "django", "migrate")


def test_broken__stops_no_check(tmp_path: Path) -> None:
    site = Site(tmp_path)
    broken(site)
    site.manage("check", "--database", "default")


NEITHER_THERE = """
class NeitherThere:
    def allow_migrate(self, alias, app_label, **hints):
        return False if app_label in {"store", "share_analytics"} else None

DATABASES["other"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
DATABASE_ROUTERS = [NeitherThere()]
"""


def test_none_at_all__where_ours_are_not(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.shares("Product", more=NEITHER_THERE)
    site.manage("migrate", "--database", "other")


@pytest.mark.parametrize("label", ["store.models.Product", "Product", "store.Prodcut"])
def test_mistyped__is_said_by_check(label: str, tmp_path: Path) -> None:
    """In a process of its own: the models point to it, so it is read with them."""
    site = Site(tmp_path)
    created_second(site)
    site.environment["TEST_APP_MODEL"] = label
    said = site.fails("-m", "django", "check")
    assert f"(share_analytics.E001) SHARE_ANALYTICS_APP_MODEL is '{label}'" in said
    assert "Traceback" not in said


BOTH_COMMANDS = """
import django
django.setup()
from django.core.management import call_command
call_command("makemigrations", verbosity=0)
call_command("migrate", verbosity=0)
"""


def test_made_and_run_by_one_process(tmp_path: Path) -> None:
    """Django has imported our migration before the host's are there."""
    site = Site(tmp_path)
    not_made_yet(site)
    site.succeeds("-c", BOTH_COMMANDS)
