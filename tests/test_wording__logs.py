"""No call of a logger says who shared, in which session, with which browser, or from where.

Each is held to a rule here, read from the source: what it says is a constant text, and what goes
into that is a number, a name of ours, or an error in words that are chosen (``describe``,
``traced``). A call that says anything else fails until somebody has answered for it below. What
``describe`` says of errors is tried on every database in ``test_wording.py``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.layering import SOURCE
from tests.logs import Said, log_calls, raised

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

CHOSEN_WORDS = {"describe", "traced", "say"}
"""Functions of ``wording`` (``say`` is one of both)."""
NUMBERS = {"len", "_how_many", "repeats.of"}
OF_NOBODY = {
    "', '.join(missing)": "what a version of Celery lacks",
    "*of": "the shared model and the key of an app",
    "SHARE_VIEWS_PATH": "a setting",
    "about": "a directory or file of the journal",
    "alias": "a dispatcher of the settings",
    "backend": "a class of the settings",
    "dispatcher.alias": "a dispatcher of the settings",
    "done": "what was done with an event: its kind and the id of a share",
    "events[0].id": "the id of a share",
    "found": "how many segments",
    "goal": "a name that the host's own code gives",
    "key": "the key of an app",
    "lost[0].id": "the id of a share",
    "n": "how many",
    "path": "a file of the journal, or a function of the settings",
    "place": "a database and a tenant",
    "reason": "one of outcomes, or of a gate",
    "segment.path": "a file of the journal",
    "self._journal": "a directory of the settings",
    "self.alias": "a dispatcher or a cache of the settings",
    "self._why_no_threads": "what a server lacks",
    "self.dispatcher.alias": "a dispatcher of the settings",
    "self.options.journal": "a directory of the settings",
    "target": "a file of the journal",
    "what": "a text of ours",
    "what_failed": "a text of ours",
}
"""What is put into messages as it is."""
OURS = {"DispatcherUnavailable", "InvalidShare", "NotAllWritten", "UnknownTenant"}
"""Errors whose messages are ours: :data:`SAID_OF` answers for them."""
OF_THE_SYSTEM = {"OSError", "RedisError", "RuntimeError", "PermissionError"}
"""They speak of files, sockets and threads."""
WHOLE_ERRORS = {
    ("dispatch.buffer.drain", "error"): "RuntimeError: a thread that can't be started",
    ("dispatch.celery.gathering", "lost"): "what describe() says",
    ("dispatch.journal.queue", "error"): "OSError of a file, or NotAllWritten, which describes",
    ("dispatch.journal.troubles", "text"): "OSError of a directory of the journal",
    ("dispatch.redis.consumer", "error"): "of the client of Redis, or NotAllWritten",
    ("dispatch.route", "refusal"): "DispatcherUnavailable",
    ("redirects.views", "error"): "InvalidShare, of the address of an app",
    ("templatetags.share_analytics", "message"): "to the developer of a template, of an app",
    ("writing.set_aside", "more"): "a number",
}
"""What is no error of the handler that it stands in, by module and name."""
TRACEBACKS = {
    "api.track": "a class of the settings that can't be made: no share is looked at yet",
    "asgi": "the host's application at its end, in no request",
    "dispatch.journal.inlet": "OSError of fsync",
    "dispatch.journal.queue": "OSError of unlink",
    "dispatch.journal.syncing": "OSError of fsync",
    "host.names": "a host's __str__ of an app, on a page of staff",
    "links.agents": "a table that is read when the first agent is looked at, without it",
    "stats.caching": "a cache that counts are read from",
    "templatetags.share_analytics": "counts of an app on a page",
}
"""Calls that say an error with its message, whoever made that."""
MESSAGES = {
    ("dispatch.handler", "why_late"): "what a server does",
    ("templatetags.share_analytics", "message"): "to the developer of a template, of an app",
}
"""Calls whose message is no constant."""

SAID_OF = {
    "_kind(app)": "a type",
    "address[:100]": "the address of an app",
    "describe(error)": "chosen words",
    "error": "of the client of Redis; the host's, of a tenant; Django's, of ALLOWED_HOSTS",
    "get_app_model()._meta.label": "a model",
    "id": "the id of a share",
    "name": "a function of the host's",
    "path": "a setting",
    "placement": "a place on a page",
    "platform": "a platform",
    "queryset.model._meta.label": "a model",
    "self._last_refusal": "what an error of ours said",
    "self._why_no_threads": "what a server lacks",
    "str(error)": "what an error of ours said, of the address of an app",
    "TENANT_PATH": "a setting",
    "tenant": "a tenant",
    "text[:100]": "the address of an app",
    "type(error).__name__": "a type",
    "using": "a database",
    "NO_REQUEST": "a text of ours",
}
"""What goes into messages of :data:`OURS`."""


def arguments(said: Said) -> list[ast.expr]:
    return said.call.args[1:]


def why_not(said: Said, argument: ast.expr) -> str:
    """What may be personal in this argument; empty when there is nothing."""
    code = ast.unparse(argument)
    if isinstance(argument, ast.Call):
        name = ast.unparse(argument.func)
        if name in CHOSEN_WORDS | NUMBERS:
            return ""
    if code == "type(error).__name__" or (said.module, code) in WHOLE_ERRORS or code in OF_NOBODY:
        return ""
    if code == "error" and said.handled() and said.handled() <= OURS | OF_THE_SYSTEM:
        return ""
    return f"{said.module}: {said.message!r} says {code}"


def test_logs__say_nothing_of_who_shared() -> None:
    problems = [why_not(said, each) for said in log_calls() for each in arguments(said)]
    assert [problem for problem in problems if problem] == []


def test_logs__begin_with_a_text_of_ours() -> None:
    free = {(said.module, said.message) for said in log_calls() if not said.is_text_of_ours}
    assert free - MESSAGES.keys() == set()


def test_logs__with_a_traceback_are_answered_for() -> None:
    assert {said.module for said in log_calls() if said.has_traceback} - TRACEBACKS.keys() == set()


def test_logs__on_the_way_of_a_share_have_no_message_of_anybodys() -> None:
    """Where an error may be of any kind, it is described and not repeated."""
    on_the_way = ("writing.", "codec", "tracking", "gates.", "api.taking", "links.accepting")
    found = [
        said.module
        for said in log_calls()
        if said.has_traceback and said.module.startswith(on_the_way)
    ]
    assert found == []


def test_errors_of_ours__say_nothing_of_who_shared() -> None:
    parts = {
        ast.unparse(part.value)
        for said in raised(OURS - {"NotAllWritten"})
        for argument in said.call.args
        for part in ast.walk(argument)
        if isinstance(part, ast.FormattedValue)
    }
    whole = {
        ast.unparse(argument)
        for said in raised(OURS - {"NotAllWritten"})
        for argument in said.call.args
        if not isinstance(argument, ast.Constant | ast.JoinedStr)
    }
    assert (parts | whole) - SAID_OF.keys() == set()


WARNS = SOURCE / "conf.py"
"""Of settings whose names are old: of nothing that a visitor has."""


def test_nothing_is_said_in_another_way() -> None:
    """Not printed, not warned of but in one place, and by no logger of another name."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert name not in {"print", "sys.stderr.write"}, path
                assert name != "warnings.warn" or path == WARNS, path
                assert not name.startswith("logging.") or name == "logging.getLogger", path
            if isinstance(node, ast.Assign) and "getLogger" in ast.unparse(node.value):
                assert [ast.unparse(target) for target in node.targets] == ["logger"], path


UNSAFE = {
    "an event": 'logger.error("%s", event)',
    "one of its values": 'logger.error("of %s", event.session_id)',
    "an error of any kind": "try:\n  f()\nexcept Exception as error:\n  logger.error('%s', error)",
    "a value in a message": 'logger.error(f"of {user}")',
    "a traceback": "try:\n  f()\nexcept Exception:\n  logger.exception('Oh')",
}


@pytest.mark.parametrize("code", UNSAFE.values(), ids=UNSAFE)
def test_the_rules__see(code: str, tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(code)
    (said,) = log_calls(tmp_path)
    assert (
        any(why_not(said, each) for each in arguments(said))
        or not said.is_text_of_ours
        or (said.has_traceback and said.module not in TRACEBACKS)
    )


def test_the_tables__name_nothing_that_is_gone() -> None:
    calls = log_calls()
    said = {(call.module, ast.unparse(each)) for call in calls for each in arguments(call)}
    assert WHOLE_ERRORS.keys() - said == set()
    assert MESSAGES.keys() - {(call.module, call.message) for call in calls} == set()
    assert TRACEBACKS.keys() - {call.module for call in calls if call.has_traceback} == set()
