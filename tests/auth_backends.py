"""Ways of a host's own to know users."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.db import connection


class Knowing(BaseBackend):
    def get_user(self, key):
        return get_user_model()._base_manager.get(pk=key)


class Refusing(BaseBackend):
    pass


class Failing(BaseBackend):
    def get_user(self, key):
        raise OSError("The directory is away.")


class Breaking(BaseBackend):
    """What the database refuses would end the writer's transaction."""

    def get_user(self, key):
        connection.cursor().execute("SELECT no_such_column FROM auth_user")
