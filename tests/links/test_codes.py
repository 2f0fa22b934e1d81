from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from django_share_analytics.events import NO_IDS, new_id
from django_share_analytics.links.codes import (
    ALPHABET,
    CODE_LENGTH,
    VERSIONS,
    code_of,
    has_code,
    share_id_of,
)

pytestmark = pytest.mark.once

SHARE, CODE = UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab"), "02wQXVJSf24F7PICYQbrdj"
"""As the browser's script has it, too."""

share_ids = st.one_of(st.uuids(version=version) for version in (1, 3, 4, 5)) | st.builds(new_id)
texts = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH) | st.text(max_size=30)


def test_the_code_that_browsers_make():
    assert (code_of(SHARE), share_id_of(CODE)) == (CODE, SHARE)


@given(share_ids)
@example(UUID(int=0x1000_8000_0000_0000_0000))
@example(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff"))
def test_there_and_back(share_id):
    code = code_of(share_id)
    assert len(code) == CODE_LENGTH
    assert code.isascii()
    assert code.isalnum()
    assert share_id_of(code) == share_id


@given(texts)
@example(CODE.upper())
@example(CODE[:-1])
@example(CODE + "0")
@example("z" * CODE_LENGTH)
@example("0" * CODE_LENGTH)
@example(CODE.replace("0", "\u0660"))
@example(CODE.replace("0", "-"))
@example(CODE.replace("0", " "))
@example("")
def test_one_code_for_each_share_and_none_for_anything_else(text):
    share_id = share_id_of(text)
    assert share_id is None or (has_code(share_id) and code_of(share_id) == text)


def test_huge_codes_take_no_time():
    assert share_id_of("0" * 10**8) is None


@given(st.uuids())
def test_ids_that_no_client_makes_have_none(share_id):
    assert has_code(share_id) is (share_id.version in VERSIONS)
    if not has_code(share_id):
        with pytest.raises(ValueError, match="no UUID of version 1 to 7"):
            code_of(share_id)


@pytest.mark.parametrize("share_id", [*NO_IDS, UUID("018f2f5e-7a3c-8b1d-9e5f-0123456789ab")])
def test_ids_that_databases_refuse_have_none(share_id):
    assert not has_code(share_id)
