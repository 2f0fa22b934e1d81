"""Files that people open in a spreadsheet, which runs what looks like a formula.

With commas, and with what a spreadsheet takes for the separator in many countries: a semicolon.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.urls import reverse

from django_share_analytics.admin.statistics.tables import PAGE_TABLES
from django_share_analytics.admin.virality.tables import TRAVEL_TABLES
from django_share_analytics.api.tables import API_TABLES
from django_share_analytics.events import ShareEvent
from django_share_analytics.writing.writer import write_shares
from tests import services
from tests.attack import filled
from tests.attack.hostile import FORMULAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
TABLES = {
    "share_analytics:admin-share-export": [{}],
    "admin:share_analytics_share_export": [{}],
    "share_analytics:admin-share-stats-export": [
        {"table": table, "days": "1"} for table in API_TABLES
    ],
    "admin:share_analytics_sharestatistics_changelist": [
        {"export": table} for table in PAGE_TABLES
    ],
    "admin:share_analytics_sharevirality_changelist": [
        {"export": table} for table in TRAVEL_TABLES
    ],
}
"""Every file that there is to download."""
SEPARATORS = {",": 44, ";": 59, "\t": 9}


@pytest.fixture
def files(
    admin_client: Client,
    admin_user: Any,
    make_app: Callable[..., Any],
    with_everything: None,
    tmp_path: Path,
) -> dict[str, str]:
    """Name → file, of a site that strangers filled with formulas, also as keys and names."""
    filled.fill(make_app(), admin_user, FORMULAS, tmp_path)
    apps = [_app(make_app, formula, n) for n, formula in enumerate(FORMULAS)]
    write_shares([ShareEvent(app.pk, "copy") for app in apps])
    found = {
        f"{name} {query}": _download(admin_client, name, query)
        for name, queries in TABLES.items()
        for query in queries
    }
    for option in ([], ["--steps"]):
        call_command("export_shares", "--output", str(tmp_path / "out"), *option)
        found[f"export_shares {option}"] = (tmp_path / "out").read_text(encoding="utf-8")
    return found


def _app(make_app: Callable[..., Any], formula: str, n: int) -> Any:
    # To some databases an invisible character makes no difference.
    key = f"{formula}/{n}".replace("\n", "") if django_settings.APP_KEY == "str" else None
    return make_app(formula, pk=key)


def _download(browser: Client, name: str, query: dict[str, str]) -> str:
    answer = browser.get(reverse(name), query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment;")
    return b"".join(answer).decode("utf-8-sig")


def cells(file: str, separator: str) -> Iterator[str]:
    """As a spreadsheet has them that takes this for the separator."""
    for row in csv.reader(io.StringIO(file, newline=""), delimiter=separator):
        yield from row


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes it for a formula; a number is one, too, and does no harm."""
    return cell[:1] in SIGNS and cell != "" and not re.fullmatch(r"[+-]?[\d.]+", cell)


def test_files__have_no_cell_that_runs(files: dict[str, str]) -> None:
    found = {
        (name, separator): [*filter(runs, cells(file, separator))]
        for name, file in files.items()
        for separator in SEPARATORS
    }
    assert {name: there for name, there in found.items() if there} == {}


@pytest.mark.slow
@pytest.mark.once
def test_files__in_a_real_spreadsheet(files: dict[str, str], tmp_path: Path) -> None:
    """No formula is in what LibreOffice makes of them, nor a link to a program (DDE)."""
    soffice = services.require_program("soffice")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "control.csv").write_text("a;=1+1;b\n=1+1,b\n")
    for n, (name, file) in enumerate(files.items()):
        (folder / f"{n}.csv").write_text(f"{name}\n{file}", encoding="utf-8", newline="")
    for separator, number in SEPARATORS.items():
        made = _opened(soffice, number, folder)
        assert len(made) == len(files) + 1
        control = made.pop("control")
        assert "table:formula" in control, "formulas are looked for"
        for name, document in made.items():
            assert not re.search("table:formula|dde-link|dde-source", document), (name, separator)


def _opened(soffice: str, separator: int, folder: Path) -> dict[str, str]:
    """What it makes of all the files: cells with formulas, where it takes them for such."""
    target = folder / str(separator)
    tokens = f"{separator},34,76,1,,0,false,true,false,false,false,-1,true"
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            f"--infilter=Text - txt - csv (StarCalc):{tokens}",
            *("--convert-to", "fods", "--outdir", str(target)),
            *map(str, sorted(folder.glob("*.csv"))),
        ],
        check=True,
        capture_output=True,
        timeout=200,
    )
    return {path.stem: path.read_text(encoding="utf-8") for path in target.glob("*.fods")}
