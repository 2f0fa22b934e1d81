"""What a reader of the documentation has at hand."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.contrib.admin import site
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Value

from django_share_analytics.links.codes import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

FILES = Path(__file__).parent / "reader"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the reader's project, where commands are typed; the app is ``catalog``."""
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.syspath_prepend(FILES)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    own = {path.stem for root in (FILES, tmp_path) for path in root.iterdir()}
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in own:
            del sys.modules[name]


@pytest.fixture
def shared(make_app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An app, which has what a reader's would have beside a name."""
    app = make_app("Chess")
    manager = type(app)._default_manager
    every = manager.get_queryset
    # Of the instance: the method of its class is not to stay behind there.
    monkeypatch.setitem(
        vars(manager), "get_queryset", lambda: every().annotate(is_published=Value(True))
    )
    app.slug, app.title, app.tagline = "chess", "Chess", "Sixty-four squares"
    return app


@pytest.fixture
def asked(rf: Any, shared: Any, admin_user: Any) -> HttpRequest:
    """A request for the app's page, by somebody who is logged in."""
    request = rf.get(shared.get_absolute_url())
    request.user, request.session = admin_user, SessionStore()
    request.current_page = shared  # as django CMS says
    return request


@pytest.fixture
def given(shared: Any, asked: HttpRequest) -> dict[str, Any]:
    """The names that samples use without a word: an app, a request, what else a shop has."""
    return {
        "App": type(shared),
        "app": shared,
        "apps": [shared],
        "campaign_url": "/store/chess?from=campaign",
        "chess": shared,
        "entry": shared,
        "page": shared,
        "code": code_of(uuid4()),
        "order": SimpleNamespace(number="2026-17"),
        "queryset": type(shared)._default_manager.all(),
        "request": asked,
        "user": asked.user,
    }


@pytest.fixture
def _own_registrations(app_model: Any) -> Iterator[None]:
    """What a sample registers with Django's admin site is gone afterwards."""
    before = dict(site._registry)
    site._registry.pop(app_model, None)
    yield
    site._registry.clear()
    site._registry.update(before)
