"""What is deprecated says so, and is gone by the version that it names."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics import __version__, conf, deprecation
from django_share_analytics.conf import get_settings, is_unset_under_tests
from django_share_analytics.deprecation import (
    VERSIONS_PAGE,
    RemovedInNextVersionWarning,
    RemovedInShareAnalytics1Warning,
)
from django_share_analytics.testing import IMMEDIATE, use_dispatchers

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "understanding" / "versions.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def renamed(monkeypatch):
    """``CACHE_ALIAS`` was once called ``CACHE``."""
    monkeypatch.setattr(conf, "RENAMED", {"CACHE": "CACHE_ALIAS"})


@pytest.fixture
def removed(monkeypatch):
    monkeypatch.setattr(conf, "REMOVED", {"TRACKER": 'name a dispatcher in "DISPATCHERS"'})


def test_warning__names_a_version_that_is_still_to_come():
    """Whoever sets that version has to remove what was promised to go, and name the next one."""
    (major,) = re.findall(r"\d+", RemovedInNextVersionWarning.__name__)
    assert int(__version__.partition(".")[0]) < int(major)


def test_warning__is_one_that_test_runners_show():
    assert issubclass(RemovedInNextVersionWarning, DeprecationWarning)
    assert RemovedInNextVersionWarning is RemovedInShareAnalytics1Warning


def test_renamed__works_under_its_old_name_and_says_the_new_one(renamed, settings):
    settings.SHARE_ANALYTICS = {"CACHE": "shares"}
    with pytest.warns(RemovedInNextVersionWarning, match='"CACHE".*is called.*"CACHE_ALIAS" now'):
        assert get_settings().cache_alias == "shares"


def test_renamed__is_checked_as_under_the_new_name(renamed, settings):
    settings.SHARE_ANALYTICS = {"CACHE": 1}
    with (
        pytest.warns(RemovedInNextVersionWarning),
        pytest.raises(ImproperlyConfigured, match=r'\["CACHE_ALIAS"\] must be a string'),
    ):
        get_settings()


def test_renamed__the_new_name_warns_of_nothing(renamed, settings):
    settings.SHARE_ANALYTICS = {"CACHE_ALIAS": "shares"}
    assert get_settings().cache_alias == "shares"


def test_renamed__both_names_are_one_too_many(renamed, settings):
    settings.SHARE_ANALYTICS = {"CACHE": "shares", "CACHE_ALIAS": "shares"}
    with pytest.raises(ImproperlyConfigured, match='both "CACHE" and "CACHE_ALIAS"'):
        get_settings()


def test_renamed__what_a_test_sets_by_the_old_name_is_set(renamed, settings):
    assert is_unset_under_tests("CACHE_ALIAS")
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "CACHE": "shares"}
    assert not is_unset_under_tests("CACHE_ALIAS")


def test_renamed__what_the_package_changes_it_changes_by_todays_name(monkeypatch, settings):
    monkeypatch.setattr(conf, "RENAMED", {"QUEUES": "DISPATCHERS"})
    ours = dict(settings.SHARE_ANALYTICS)
    queues = ours.pop("DISPATCHERS", conf.DEFAULT_DISPATCHERS)
    settings.SHARE_ANALYTICS = {**ours, "QUEUES": queues}
    with use_dispatchers(IMMEDIATE):
        assert get_settings().dispatchers["default"].backend == IMMEDIATE["default"]["BACKEND"]


def test_removed__says_what_to_do_and_where_to_read(removed, settings):
    settings.SHARE_ANALYTICS = {"TRACKER": "x"}
    with pytest.raises(ImproperlyConfigured) as raised:
        get_settings()
    assert str(raised.value) == (
        'SHARE_ANALYTICS["TRACKER"] is gone: name a dispatcher in "DISPATCHERS". '
        f"See {VERSIONS_PAGE}#settings"
    )


def test_unknown__is_no_removed_one(removed, settings):
    settings.SHARE_ANALYTICS = {"TRAKER": "x"}
    with pytest.raises(ImproperlyConfigured, match="unknown key 'TRAKER'"):
        get_settings()


def test_tables__name_settings_that_are_gone_and_such_as_are_there():
    assert not (conf.RENAMED.keys() | conf.REMOVED.keys()) & conf.SETTING_KEYS
    assert set(conf.RENAMED.values()) <= conf.SETTING_KEYS


def test_page__is_where_messages_lead():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert VERSIONS_PAGE.startswith(project["urls"]["Documentation"])
    assert re.search(r"^## Settings$", PAGE, re.MULTILINE)


def test_page__names_what_is_supported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name in ("Framework :: Django", "Programming Language :: Python"):
        promised = re.findall(rf"{name} :: (\d+\.\d+)", "\n".join(project["classifiers"]))
        (row,) = re.findall(rf"^\| {name.rpartition(' ')[2]} \| (.*?) \|", PAGE, re.MULTILINE)
        assert re.findall(r"\d+\.\d+", row) == promised


def deprecated():
    warnings.warn("old", RemovedInNextVersionWarning, stacklevel=2)


def test_page__settings_make_warnings_errors():
    (code,) = [block for block in PYTHON if block.startswith("# settings.py")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, {})
        with pytest.raises(RemovedInNextVersionWarning):
            deprecated()
        warnings.warn("somebody else's", DeprecationWarning, stacklevel=1)


def test_page__pytest_makes_warnings_errors(tmp_path):
    (configuration,) = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "pytest.ini").write_text(configuration)
    (tmp_path / "test_it.py").write_text(
        "import warnings\n"
        f"from {deprecation.__name__} import RemovedInNextVersionWarning\n"
        "def test_it():\n"
        "    warnings.warn('old', RemovedInNextVersionWarning)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "RemovedInShareAnalytics1Warning: old" in ran.stdout
