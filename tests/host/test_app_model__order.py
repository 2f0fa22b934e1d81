"""Hosts whose migrations create the shared model early or late, rename it, squash it.

A database is made of nothing, as at the start of every test run, and ours are taken back and made
again: one process each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.host.site import Site, create, delete, rename

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.once

BEFORE_OURS, AFTER_OURS = "catalog", "store"
"""Labels of a host: Django runs those that come first in the alphabet first, if nothing else
tells."""
OURS = ("share_analytics", "0001_initial")
ROUND_TRIP = ("-W", "error", "-m", "tests.migrate_round_trip")


def created_second(site: Site) -> None:
    site.shares("Product", among=["Category"])
    site.migration("0001_category", create("Category"))
    site.migration("0002_product", create("Product"), after=["0001_category"])


def renamed(site: Site) -> None:
    created_second(site)
    site.shares("Item", among=["Category"])
    site.migration("0003_item", rename("Product", "Item"), after=["0002_product"])


def renamed_and_its_name_given_to_another(site: Site) -> None:
    renamed(site)
    site.shares("Item", among=["Category", "Product"])
    site.migration("0004_product", create("Product"), after=["0003_item"])


def renamed_to_the_name_of_another_before(site: Site) -> None:
    site.shares("Item")
    site.migration("0001_item", create("Item"))
    site.migration("0002_new", create("ItemNew"), after=["0001_item"])
    site.migration("0003_old_goes", delete("Item"), after=["0002_new"])
    site.migration("0004_new_item", rename("ItemNew", "Item"), after=["0003_old_goes"])


def created_again(site: Site) -> None:
    site.shares("Product", among=["Category"])
    site.migration("0001_all", create("Product"), create("Category"))
    site.migration("0002_without", delete("Product"), after=["0001_all"])
    site.migration("0003_with", create("Product"), after=["0002_without"])


def squashed(site: Site) -> None:
    renamed(site)
    site.migration(
        "0001_squashed_0003",
        create("Category"),
        create("Item"),
        replaces=["0001_category", "0002_product", "0003_item"],
    )
    site.migration("0004_last", create("Last"), after=["0001_squashed_0003"])
    site.shares("Item", among=["Category", "Last"])


def squashed_and_tidied_up(site: Site) -> None:
    squashed(site)
    for name in ("0001_category", "0002_product", "0003_item"):
        (site.folder / site.label / "migrations" / f"{name}.py").unlink()


def created_in_the_state_alone(site: Site) -> None:
    created_second(site)
    sql = f"CREATE TABLE {site.label}_product (id integer PRIMARY KEY)"
    operation = (
        f'migrations.RunSQL("{sql}", "DROP TABLE {site.label}_product", '
        f"state_operations=[migrations.SeparateDatabaseAndState("
        f"state_operations=[{create('Product')}])])"
    )
    site.migration("0002_product", operation, after=["0001_category"])


def created_on_a_branch(site: Site) -> None:
    site.shares("Product", among=["Category", "Last"])
    site.migration("0001_category", create("Category"))
    site.migration("0002_a", create("Last"), after=["0001_category", OURS])
    site.migration("0002_b", create("Product"), after=["0001_category"])
    site.migration("0003_merge", after=["0002_a", "0002_b"])


def depending_on_ours_later(site: Site) -> None:
    created_second(site)
    site.shares("Product", among=["Category", "Last"])
    site.migration("0003_last", create("Last"), after=["0002_product", OURS])


OWN_OPERATION = """
class MakeProduct(migrations.operations.base.Operation):
    reversible = True
    made = {made}

    def state_forwards(self, *arguments):
        self.made.state_forwards(*arguments)

    def database_forwards(self, *arguments):
        self.made.database_forwards(*arguments)

    def database_backwards(self, *arguments):
        self.made.database_backwards(*arguments)
"""


def created_unseen(site: Site) -> None:
    created_second(site)
    site.migration(
        "0002_product",
        "MakeProduct()",
        after=["0001_category"],
        imports=OWN_OPERATION.format(made=create("Product")),
    )


def created_unseen_and_said_so(site: Site) -> None:
    created_second(site)
    site.migration(
        "0002_product",
        "MakeProduct()",
        after=["0001_category"],
        before=[OURS],
        imports=OWN_OPERATION.format(made=create("Product")),
    )


def elsewhere(site: Site) -> None:
    more = f'MIGRATION_MODULES = {{"{site.label}": "somewhere.else_"}}'
    site.shares("Product", among=["Category"], more=more)
    site.migration("0001_category", create("Category"), folder="somewhere/else_")
    site.migration(
        "0002_product", create("Product"), after=["0001_category"], folder="somewhere/else_"
    )


def turned_off(site: Site) -> None:
    created_second(site)
    more = f'MIGRATION_MODULES = {{"{site.label}": None}}'
    site.shares("Product", among=["Category"], more=more)


def none_at_all(site: Site) -> None:
    site.shares("Product")


def of_another_app(site: Site) -> None:
    site.shares("auth.Group")


@pytest.mark.parametrize(
    ("host", "label"),
    [
        (created_second, AFTER_OURS),
        (renamed, BEFORE_OURS),
        (renamed, AFTER_OURS),
        (renamed_and_its_name_given_to_another, BEFORE_OURS),
        (renamed_and_its_name_given_to_another, AFTER_OURS),
        (renamed_to_the_name_of_another_before, BEFORE_OURS),
        (renamed_to_the_name_of_another_before, AFTER_OURS),
        (created_again, AFTER_OURS),
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


def depending_on_ours_before(site: Site) -> None:
    created_second(site)
    site.migration("0001_category", create("Category"), after=[OURS])


def not_made_yet(site: Site) -> None:
    site.shares("Product")
    site.write(f"{site.label}/migrations/__init__.py")


def broken(site: Site) -> None:
    created_second(site)
    site.write(f"{site.label}/migrations/0002_product.py", "import no_such_module")


def mistyped(site: Site) -> None:
    created_second(site)
    site.environment["TEST_APP_MODEL"] = "store.Prodcut"


def nowhere(site: Site) -> None:
    site.shares("Product", more=f'MIGRATION_MODULES = {{"{site.label}": "no_such_place"}}')


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
