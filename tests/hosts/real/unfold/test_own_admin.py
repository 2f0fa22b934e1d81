"""The list of shares in an admin of the project's, with Unfold's own ModelAdmin and its options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from unfold.admin import ModelAdmin

from django_share_analytics.admin import ShareAdmin
from django_share_analytics.models import Share
from django_share_analytics.writing.writer import write_shares
from tests.factories import event
from tests.hosts.real.visits import user_of

if TYPE_CHECKING:
    from typing import Any

    from django.test import RequestFactory

pytestmark = pytest.mark.django_db

FORMS = '<form method="get">\n'
"""Of the filters."""


@pytest.mark.parametrize("in_a_form", [True, False])
def test_the_list_is_unfolds(names: dict[str, Any], rf: RequestFactory, in_a_form: bool) -> None:
    write_shares([event(names["app"])])
    options = {"list_filter_submit": in_a_form}
    model_admin: Any = type("UnfoldShareAdmin", (ShareAdmin, ModelAdmin), options)
    request = rf.get("/admin/share_analytics/share/", {"platform": "whatsapp"})
    request.user = user_of("admin")
    answer = model_admin(Share, admin.site).changelist_view(request)
    page = answer.render().content.decode()
    assert "Chess" in page
    assert (FORMS not in page) == in_a_form
