from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Members(BaseUserManager["Member"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> Member:
        member = self.model(email=self.normalize_email(email), **values)
        member.set_password(password)
        member.save()
        return member

    def create_superuser(self, email: str, password: str | None = None) -> Member:
        return self.create_user(email, password, is_staff=True, is_superuser=True)


class Member(AbstractBaseUser, PermissionsMixin):
    """Nothing of Django's own user is there that a package may count on: no name, no number."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = Members()
