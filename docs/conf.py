"""How the documentation becomes a site: ``make docs``."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCE = PROJECT["urls"]["Source"]
SAID = re.compile(r"^<!-- people say: (?P<words>.+) -->$", re.MULTILINE)
LINK = re.compile(r"(?<=\]\()(?P<path>\.\.?/[^)#\s]+)(?=[#)])")

sys.path.insert(0, str(DOCS / "_ext"))

project = "django-share-analytics"
author = copyright = PROJECT["authors"][0]["name"]

extensions = ["share_reference", "openapi_reference", "myst_parser", "sphinx_copybutton"]
exclude_patterns = ["_build", "_ext"]
nitpicky = True
# Types in signatures: others' lists of names would have to be downloaded, and not all of ours
# are public. Functions and modules that a text names have to be there.
nitpick_ignore_regex = [("py:(class|data|exc|obj)", ".*")]

add_module_names = False
toc_object_entries_show_parents = "hide"
autodoc_member_order = "bysource"
# What is written of a method elsewhere is of no help here.
autodoc_inherit_docstrings = False
python_maximum_signature_line_length = 100

myst_enable_extensions = ["colon_fence", "deflist"]
# As the repository's own pages are read elsewhere: a heading is linked by its words.
myst_heading_anchors = 4

# What is copied is what one types.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

# Read the Docs says with language and version where a page is.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", PROJECT["urls"]["Documentation"])
html_theme = "furo"
# Furo's own underlines the names of modules, and hides the underscores in them.
pygments_dark_style = "github-dark"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = project
html_copy_source = False
html_show_sphinx = False
# Three dots where the rest of a file is left out.
suppress_warnings = ["misc.highlighting_failure"]
html_theme_options = {
    "source_repository": SOURCE,
    "source_branch": "main",
    "source_directory": "docs/",
}


def setup(app: Sphinx) -> None:
    app.connect("source-read", lead_to_the_source)
    app.connect("source-read", let_the_search_find)


def lead_to_the_source(app: Sphinx, page: str, source: list[str]) -> None:
    """Links to files of the repository that are no pages lead to where the source is.

    What is not there is left as it is, and Sphinx complains.
    """
    folder = (DOCS / page).parent

    def address(link: re.Match[str]) -> str:
        path = (folder / link["path"]).resolve()
        if path.is_relative_to(DOCS) or not path.exists():
            return link["path"]
        return f"{SOURCE}/blob/main/{path.relative_to(ROOT)}"

    source[0] = LINK.sub(address, source[0])


def let_the_search_find(app: Sphinx, page: str, source: list[str]) -> None:
    """What people call a thing who don't know our word for it becomes an entry of the index.

    It is a comment below the heading that has the answer, where the search then leads:
    ``<!-- people say: throttling, 429 -->``.
    """

    def entries(said: re.Match[str]) -> str:
        words = ", ".join(f"! {word.strip()}" for word in said["words"].split(","))
        return f"```{{index}} {words}\n```"

    source[0] = SAID.sub(entries, source[0])
