"""What the code has and no page tells of stops the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.domains.std import StandardDomain
from sphinx.util import logging

from share_reference import commands, tags, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

EXPECTED: Mapping[str, tuple[str, Callable[[], Iterable[str]]]] = {
    "setting": ("reference/settings.md", values.settings),
    "dispatcher": ("reference/dispatchers.md", values.dispatchers),
    "tag": ("reference/template-tags.md", tags.tags),
    "command": ("reference/commands.md", commands.names),
}
"""Of each kind, the page with an entry for everything that there is."""


def complain_of_what_is_missing(app: Sphinx, env: BuildEnvironment) -> None:
    """Receives ``env-check-consistency``."""
    domain = env.get_domain("std")
    assert isinstance(domain, StandardDomain)
    for kind, (page, what_there_is) in EXPECTED.items():
        for name in what_there_is():
            if (kind, name) not in domain.objects:
                logger.warning(
                    "docs/%s has no entry for %s: add a heading of its name and below it\n"
                    "```{%s} %s\n```",
                    page,
                    name,
                    kind,
                    name,
                )
