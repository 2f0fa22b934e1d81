"""Hosts whose migrations create the shared model early or late, rename it, squash it, hide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.host.site import create, delete, rename

if TYPE_CHECKING:
    from tests.host.site import Site

BEFORE_OURS, AFTER_OURS = "catalog", "store"
"""Labels of a host: Django runs those that come first in the alphabet first, if nothing else
tells."""
OURS = ("share_analytics", "0001_initial")


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
    site.migration("0001_item", create("Item"), create("Draft"))
    site.migration("0002_new", create("ItemNew"), delete("Draft"), after=["0001_item"])
    site.migration("0003_old_goes", delete("Item"), after=["0002_new"])
    site.migration("0004_new_item", rename("ItemNew", "Item"), after=["0003_old_goes"])


def created_again(site: Site) -> None:
    site.shares("Product", among=["Category"])
    site.migration("0001_all", create("Product"), create("Category"))
    site.migration("0002_without", delete("Product"), after=["0001_all"])
    site.migration("0003_with", create("Product"), after=["0002_without"])


def of_many_tables(site: Site) -> None:
    site.migration("0001_product", create("Product", 'options={"db_table": "goods"}'))
    site.migration(
        "0002_tables",
        'migrations.AlterModelTable("Product", "wares")',
        'migrations.AlterModelTable("Product", None)',
        rename("Product", "Item"),
        after=["0001_product"],
    )


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
    sql = f"CREATE TABLE {site.label}_product (id bigint PRIMARY KEY)"
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
