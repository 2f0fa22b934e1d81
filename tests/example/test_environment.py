from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

pytest.importorskip("environ", reason="needs the dependency group 'example'")

import environ

from example_project import environment

pytestmark = pytest.mark.once

SQLITE = "sqlite:////tmp/example.sqlite3"


def env_of(**variables: str) -> object:
    env = environ.Env()
    env.ENVIRON = variables
    return env


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("buffered", "buffered.BufferedDispatcher"),
        ("immediate", "immediate.ImmediateDispatcher"),
        ("redis", "redis_streams.RedisStreamsDispatcher"),
        ("celery", "celery.CeleryDispatcher"),
        ("tasks", "tasks.TasksDispatcher"),
    ],
)
def test_dispatchers(name: str, backend: str) -> None:
    setting = environment.dispatchers(env_of(SHARE_DISPATCHER=name))
    assert setting["default"]["BACKEND"].endswith(f".{backend}")


def test_dispatchers__redis_falls_back_on_memory() -> None:
    setting = environment.dispatchers(env_of(SHARE_DISPATCHER="redis", REDIS_URL="redis://r/1"))
    assert setting["default"]["OPTIONS"] == {"url": "redis://r/1"}
    assert setting["fallback"]["BACKEND"].endswith(".BufferedDispatcher")


def test_dispatchers__celery_falls_back_on_the_journal(tmp_path: Path) -> None:
    given = env_of(SHARE_DISPATCHER="celery", SHARE_JOURNAL=str(tmp_path))
    assert environment.dispatchers(given)["fallback"]["OPTIONS"] == {"journal": tmp_path}


def test_celery__on_redis_a_killed_workers_shares_come_back_soon() -> None:
    assert environment.celery_broker(env_of()).startswith("amqp://")
    assert environment.celery_transport_options("amqp://") == {}
    assert environment.celery_transport_options("redis://r/1")["visibility_timeout"] == 60


def test_tasks__only_where_they_are_used() -> None:
    assert environment.tasks(env_of()) == {}
    assert "default" in environment.tasks(env_of(SHARE_DISPATCHER="tasks"))


def test_dispatchers__default() -> None:
    assert environment.dispatchers(env_of()) == environment.dispatchers(
        env_of(SHARE_DISPATCHER="buffered")
    )


@pytest.mark.parametrize("name", ["kafka", "Buffered", ""])
def test_dispatchers__not_available(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="there is: buffered, immediate, redis"):
        environment.dispatchers(env_of(SHARE_DISPATCHER=name))


def test_dispatchers__journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for given in (tmp_path / "journal", "journal"):
        setting = environment.dispatchers(env_of(SHARE_JOURNAL=str(given)))
        assert setting["default"]["OPTIONS"] == {"journal": tmp_path / "journal"}
    assert environment.dispatchers(env_of(SHARE_JOURNAL=""))["default"]["OPTIONS"] == {}


def test_dispatchers__journal_of_the_fallback(tmp_path: Path) -> None:
    setting = environment.dispatchers(env_of(SHARE_DISPATCHER="redis", SHARE_JOURNAL=str(tmp_path)))
    assert setting["fallback"]["OPTIONS"] == {"journal": tmp_path}


def test_dispatchers__journal_of_another_dispatcher() -> None:
    with pytest.raises(
        ImproperlyConfigured, match="SHARE_JOURNAL is not for SHARE_DISPATCHER=immediate"
    ):
        environment.dispatchers(
            env_of(SHARE_JOURNAL="/var/lib/shares", SHARE_DISPATCHER="immediate")
        )


def test_database__sqlite_writes_without_being_locked_out() -> None:
    options = environment.database(env_of(), SQLITE)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode = WAL" in options["init_command"]


def test_database__the_url_has_the_last_word() -> None:
    config = environment.database(env_of(DATABASE_URL=f"{SQLITE}?timeout=5"), "unused")
    assert config["OPTIONS"]["timeout"] == 5
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_database__others_keep_their_own_options() -> None:
    config = environment.database(env_of(DATABASE_URL="postgres://me@127.0.0.1/shares"), SQLITE)
    assert "OPTIONS" not in config


def test_limits__are_the_package_s_unless_they_are_off() -> None:
    assert environment.limits(env_of()) == {}
    assert environment.limits(env_of(SHARE_LIMITS="off")) == {"LIMITS": {}}
    with pytest.raises(ImproperlyConfigured, match="SHARE_LIMITS=on is not"):
        environment.limits(env_of(SHARE_LIMITS="on"))


def test_readme__names_every_variable() -> None:
    folder = Path(environment.__file__).parent
    files = ("environment.py", "settings.py", "production.py")
    read = re.findall(
        r"""env\.\w+\(\s*"(\w+)\"""", "".join((folder / name).read_text() for name in files)
    )
    named = re.findall(r"`([A-Z_]+)`", (folder / "README.md").read_text())
    assert {"DATABASE_URL", "CACHE_URL", "TRUSTED_PROXIES"} <= set(read) <= set(named)
