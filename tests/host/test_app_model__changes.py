"""Hosts that change while there are shares: they rename the model, move it, share another one.

One process for each step, as Django keeps the migrations that it has imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests import databases
from tests.host.hosts_of_all_kinds import AFTER_OURS, BEFORE_OURS, created_second, squashed
from tests.host.site import Site, create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# The tox environment of migrations runs them on each database.
pytestmark = [pytest.mark.once, pytest.mark.slow]

PRELUDE = """
import django
django.setup()
from django.core.management import call_command
from django_share_analytics.conf import get_app_model
from django_share_analytics.models import *
from django_share_analytics.tracking import track_share
App = get_app_model()
"""
MIGRATE = 'call_command("migrate", skip_checks=False, verbosity=0)\n'
SHARE = """
for key in (1, 2):
    App(pk=key).save()
    for platform in ["copy", "email", "email"]:
        track_share(App(pk=key), platform)
"""
VERIFY = """
call_command("check", databases=["default"], fail_level="ERROR")
call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
call_command("verify_share_counts", verbosity=0)
"""


@pytest.fixture
def database(tmp_path: Path, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an empty database."""
    with django_db_blocker.unblock(), databases.empty(tmp_path) as name:
        yield name


@pytest.fixture
def make_site(tmp_path: Path, database: str) -> Callable[[str], Site]:
    """A site whose second migration creates the shared model."""

    def make(label: str) -> Site:
        site = Site(tmp_path, label)
        site.environment.update(TEST_DATABASE=settings.DATABASE, TEST_DATABASE_NAME=database)
        created_second(site)
        return site

    return make


def does(site: Site, *steps: str) -> None:
    site.succeeds("-c", "\n".join([PRELUDE, *steps]))


@pytest.mark.parametrize("label", [BEFORE_OURS, AFTER_OURS])
def test_rename__keeps_the_shares(label: str, make_site: Callable[[str], Site]) -> None:
    site = make_site(label)
    does(site, MIGRATE, SHARE)
    site.shares("Item", among=["Category"])
    site.manage("makemigrations", stdin="y\n")  # Was the model renamed?
    does(
        site,
        MIGRATE,
        VERIFY,
        "assert AppCount.objects.get(app=1).n == Share.objects.filter(app=1).count() == 3",
        "App.objects.get(pk=1).delete()",
        'track_share(2, "copy")',
        "assert Share.objects.count() == 4",
        VERIFY,
    )


def test_rename__taken_back(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    site.shares("Item", among=["Category"])
    site.migration("0003_item", 'migrations.RenameModel("Product", "Item")', after=["0002_product"])
    does(site, MIGRATE, SHARE, f'call_command("migrate", "{AFTER_OURS}", "0002", verbosity=0)')
    site.shares("Product", among=["Category"])
    (site.folder / AFTER_OURS / "migrations" / "0003_item.py").unlink()
    does(site, MIGRATE, VERIFY, "assert Share.objects.count() == 6")


def test_squash__keeps_the_shares(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    site.migration(
        "0001_squashed",
        create("Category"),
        create("Product"),
        replaces=["0001_category", "0002_product"],
    )
    for name in ("0001_category", "0002_product"):
        (site.folder / AFTER_OURS / "migrations" / f"{name}.py").unlink()
    does(site, MIGRATE, VERIFY, "assert Share.objects.count() == 6")


def test_squash__of_what_is_there_in_part(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    squashed(site)
    does(site, MIGRATE, VERIFY, "assert Share.objects.count() == 6")


def test_table__renamed(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    site.write(
        f"{AFTER_OURS}/models.py",
        """
        from django.db import models

        class Category(models.Model):
            pass

        class Product(models.Model):
            class Meta:
                db_table = "goods"
        """,
    )
    site.manage("makemigrations")
    does(site, MIGRATE, VERIFY, "assert Share.objects.count() == 6")


def test_another_model__and_back(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    site.shares("Category", among=["Product"])
    said = site.fails("-m", "django", "migrate")
    assert "share_analytics.E004" in said
    assert "set SHARE_ANALYTICS_APP_MODEL back" in said
    site.shares("Product", among=["Category"])
    does(site, MIGRATE, VERIFY, "assert Share.objects.count() == 6")


def test_another_model__from_zero(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    site.shares("Category", among=["Product"])
    assert "'migrate share_analytics zero' with the model and setting of before" in site.fails(
        "-m", "django", "migrate"
    )
    site.shares("Product", among=["Category"])
    site.manage("migrate", "share_analytics", "zero")
    site.shares("Category", among=["Product"])
    does(site, MIGRATE, SHARE, VERIFY)


def test_another_model__that_is_new(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    site.shares("Product", among=["Category", "Last"])
    site.migration("0003_last", create("Last"), after=["0002_product"])
    site.shares("Last", among=["Category", "Product"])
    assert "share_analytics.E004" in site.fails("-m", "django", "migrate")


MOVED = """
from django.db import models

class Product(models.Model):
    class Meta:
        db_table = "store_product"
"""


def test_moved_to_another_app(make_site: Callable[[str], Site]) -> None:
    site = make_site(AFTER_OURS)
    does(site, MIGRATE, SHARE)
    in_state = "migrations.SeparateDatabaseAndState(state_operations=[{}])"
    created = create("Product", 'options={"db_table": "store_product"}')
    site.migration(
        "0001_product",
        in_state.format(created),
        after=[("store", "0002_product")],
        label="depot",
    )
    site.migration(
        "0003_moved",
        in_state.format('migrations.DeleteModel("Product")'),
        after=["0002_product", ("depot", "0001_product")],
    )
    site.shares("depot.Product", among=["Category"], apps=["depot"])
    site.write("depot/models.py", MOVED)
    said = " ".join(site.fails("-m", "django", "migrate").split())
    assert "share_analytics.E004" in said
    assert "with the setting of before: migrate depot 0001_product --skip-checks" in said
    site.environment["TEST_APP_MODEL"] = "store.Product"
    site.manage("migrate", "depot", "0001_product", "--skip-checks")
    del site.environment["TEST_APP_MODEL"]
    does(site, MIGRATE, VERIFY, "assert Share.objects.count() == 6")


RUN_PYTHON = """
def first_goes(apps, schema_editor):
    model = apps.get_model({label!r}, "Product")
    assert model.__module__ == "__fake__"  # as the migration knows it
    model.objects.filter(pk=1).delete()
"""


def with_deletion(site: Site) -> None:
    site.migration(
        "0003_first_goes",
        "migrations.RunPython(first_goes)",
        after=["0002_product"],
        imports=RUN_PYTHON.format(label=site.label),
    )


@pytest.mark.parametrize("label", [BEFORE_OURS, AFTER_OURS])
def test_run_python__deletes_apps_with_shares(label: str, make_site: Callable[[str], Site]) -> None:
    site = make_site(label)
    does(site, MIGRATE, SHARE)
    with_deletion(site)
    does(
        site,
        "version = State.objects.get().closed_days_version",
        MIGRATE,
        "assert list(App.objects.values_list('pk', flat=True)) == [2]",
        "assert list(AppCount.objects.values_list('app', 'n')) == [(2, 3)]",
        "assert Share.objects.count() == 3",
        "assert sorted(SiteHour.objects.values_list('platform', 'n'))[-1] == ('email', 2)",
        "assert State.objects.get().closed_days_version != version",
        VERIFY,
    )


@pytest.mark.parametrize("label", [BEFORE_OURS, AFTER_OURS])
def test_run_python__before_there_are_shares(label: str, make_site: Callable[[str], Site]) -> None:
    """In a new database the host's deletion may come before our tables."""
    site = make_site(label)
    with_deletion(site)
    does(site, MIGRATE, SHARE, VERIFY)
