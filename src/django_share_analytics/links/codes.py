"""A share's UUID in 22 letters and digits, as it stands in the address of its link."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits
from uuid import UUID

ALPHABET = digits + ascii_uppercase + ascii_lowercase
CODE_LENGTH = 22
"""So many digits to the base of 62 hold 128 bits."""
VERSIONS = range(1, 8)
"""Versions of UUIDs that have a code (RFC 9562). Others are made by nobody, and MariaDB refuses
some of them."""

_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_VALUES = {digit: value for value, digit in enumerate(ALPHABET)}


def has_code(share_id: UUID) -> bool:
    """Whether a share of this id can have a link."""
    return share_id.version in VERSIONS


def code_of(share_id: UUID) -> str:
    """The code of a share's id: always ``CODE_LENGTH`` letters and digits.

    :raises ValueError: the id is of no version that has a code.
    """
    if not has_code(share_id):
        raise ValueError(f"{share_id} is no UUID of version 1 to 7.")
    number, code = share_id.int, ""
    for _ in range(CODE_LENGTH // 2):
        number, value = divmod(number, len(_PAIRS))
        code = _PAIRS[value] + code
    return code


def share_id_of(code: str) -> UUID | None:
    """The id that :func:`code_of` made ``code`` of; ``None`` when it made no such code."""
    if len(code) != CODE_LENGTH or not all(map(_VALUES.__contains__, code)):
        return None
    number = 0
    for digit in code:
        number = number * len(ALPHABET) + _VALUES[digit]
    if number >= 2**128:
        return None
    share_id = UUID(int=number)
    return share_id if has_code(share_id) else None
