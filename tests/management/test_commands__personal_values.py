"""No command says who shared, whatever is refused, unless it is asked for just that."""

from __future__ import annotations

import csv
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command

from django_share_analytics.codec import encode
from django_share_analytics.events import utc_now
from django_share_analytics.models import AppCount
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.batches import write_batch
from tests.factories import NOON
from tests.test_wording import MARK, WRONG, personal

pytestmark = pytest.mark.django_db

COMMANDS = {
    "blank_shares": ["--older-than=7d", "--dry-run"],
    "find_cascades": [],
    "prune_shares": ["--older-than=7d", "--dry-run"],
    "set_aside_shares": [],
    "share_analytics_status": [],
    "verify_share_counts": [],
}
CHANGING = {
    "set_aside_shares": ["--replay"],
    "blank_shares": [],
    "erase_person": ["--session=somebody else's"],
    "prune_shares": ["--older-than=30d"],
}


@pytest.fixture(autouse=True)
def shares(app):
    """Some that are stored, one that was refused, one that can't be read, and counts that drift."""
    write_batch([personal(app), personal(app, timestamp=utc_now())])
    write_batch([personal(app, user_agent=None)])
    set_aside.set_payload_aside(encode(personal(app)).decode()[:-30])
    AppCount.objects.update(n=7)


def said_by(name, arguments, capfd):
    with suppress(CommandError, SystemExit):
        call_command(name, *arguments)
    out, err = capfd.readouterr()
    return out + err


@pytest.mark.parametrize(("name", "arguments"), [*COMMANDS.items(), *CHANGING.items()], ids=str)
def test_command__says_nothing_of_who_shared(name, arguments, capfd, caplog):
    said = said_by(name, arguments, capfd)
    assert said
    assert MARK not in said + caplog.text


def test_set_aside_shares__says_it_when_asked(capfd):
    assert MARK in said_by("set_aside_shares", ["--payload"], capfd)


def test_every_command_is_tried():
    """Or is an export, which is asked for it, an import, which is below, or a consumer, whose
    dispatchers are in ``test_base__personal_values.py``."""
    from django.core.management import get_commands

    ours = {name for name, app in get_commands().items() if app == "django_share_analytics"}
    others = {"consume_shares", "export_person", "export_shares", "import_shares"}
    assert ours == COMMANDS.keys() | CHANGING.keys() | others


COLUMNS = ("userId", "sessionId", "userAgent", "referrerUrl")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("wrong", [key for key, value in WRONG.items() if type(value) is str])
def test_import_shares__says_nothing_of_a_line_that_is_refused(
    column, wrong, app, tmp_path, capfd, caplog
):
    path = tmp_path / "shares.csv"
    texts = {name: f"{MARK} {name}" for name in COLUMNS[1:]} | {column: WRONG[wrong]}
    row = {"appId": app.pk, "platform": "x", "timestamp": NOON.isoformat(), **texts}
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    said = said_by("import_shares", [str(path)], capfd)
    assert said
    assert MARK not in said + caplog.text
