"""The parts of the reference that are made from the code, so that they are true of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# The pages are read in English, whatever the machine speaks; the package of this checkout.
sys.path.insert(0, str(Path(__file__).parents[3] / "src"))
os.environ["DJANGO_SETTINGS_MODULE"] = f"{__name__}.project"
django.setup()


def setup(app: Sphinx) -> dict[str, Any]:
    # The code that they import wants Django set up.
    from share_reference import directives, python
    from share_reference.complete import complain_of_what_is_missing

    app.setup_extension("sphinx.ext.autodoc")
    for entry in (
        directives.Setting,
        directives.Dispatcher,
        directives.Tag,
        directives.Command,
    ):
        app.add_object_type(entry.kind, entry.kind)
        app.add_directive_to_domain("std", entry.kind, entry, override=True)
    app.add_directive("settings", directives.Settings)
    app.add_directive("dispatcher-flags", directives.Flags)
    app.add_directive("platforms", directives.Platforms)
    app.add_directive("signals", directives.Signals)
    app.add_directive("checks", directives.Checks)
    app.add_directive("public", python.Public)
    app.connect("autodoc-process-signature", python.leave_out_what_fields_say)
    app.connect("env-get-outdated", directives.pages_to_read_again)
    app.connect("env-check-consistency", complain_of_what_is_missing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
