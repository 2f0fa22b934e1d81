"""A server that has limits, and a visitor who does more: nobody is nagged, or told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.helpers import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.once, pytest.mark.slow]


@pytest.fixture
def limit(settings: Any) -> Callable[[str], None]:
    def change(rate: str) -> None:
        more = {"LIMITS": {"client_and_app": [rate]}, "TRUSTED_PROXIES": 0}
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **more}

    return change


def test_a_share_too_many_comes_by_itself_when_there_is_room(
    visit: Callable[..., Visit], app: Any, limit: Callable[[str], None]
) -> None:
    limit("1/second")
    here = visit(app)
    with here.page.expect_response(lambda answer: answer.status == 429) as refused:
        here.button("whatsapp").evaluate("one => { one.click(); one.click(); }")
    assert refused.value.headers["retry-after"] == "1"
    with here.page.expect_request("**/api/shares") as again:
        pass
    assert again.value.response().status == 202

    assert stored() == [(app.pk, "whatsapp")] * 2
    ids = [share["id"] for share in here.shares]
    assert len(ids) == 3
    assert len(set(ids)) == 2


def test_a_share_for_which_there_is_no_room_is_given_up_in_silence(
    visit: Callable[..., Visit], app: Any, limit: Callable[[str], None]
) -> None:
    limit("1/hour")
    here = visit(app, platforms="copy,whatsapp")
    assert [here.share("whatsapp"), here.share("whatsapp")] == [202, 429]

    assert here.counts()["total"] == "2", "the visitor did share"
    here.page.wait_for_timeout(3_000)
    assert len(here.shares) == 2
    assert stored() == [(app.pk, "whatsapp")]
    assert [line for line in here.console if "429" not in line] == []
