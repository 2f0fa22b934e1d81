"""Samples that are data: they can be read by what reads them."""

from __future__ import annotations

import configparser
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def check_json(code: str) -> None:
    """Whole, or the members of an object."""
    is_part = code.lstrip().startswith('"')
    assert json.loads(f"{{{code}}}" if is_part else code) is not None


def check_ini(code: str) -> None:
    """Sections with values; where a name stands twice, as in units of systemd, both count."""
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#", ";"))
    parser.read_string(code)
    assert parser.sections()
    assert all(parser[section] for section in parser.sections())


def check_yaml(code: str) -> None:
    import yaml

    assert list(yaml.safe_load_all(code))


def check_nginx(code: str) -> None:
    """Braces match, and every line opens one, closes one, or ends."""
    lines = [re.sub(r"\s*#.*", "", line).strip() for line in code.splitlines()]
    assert code.count("{") == code.count("}")
    assert [line for line in lines if line and line[-1] not in "{};"] == []


CHECKS: dict[str, Callable[[str], None]] = {
    "ini": check_ini,
    "json": check_json,
    "nginx": check_nginx,
    "yaml": check_yaml,
}
