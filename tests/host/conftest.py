"""Members of the staff, as the tests of the admin make them."""

from tests.admin.conftest import as_staff, make_staff

__all__ = ["as_staff", "make_staff"]
