"""A project whose users have UUIDs for keys, no names, and log in with allauth."""

from tests.hosts.real.base import *

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "allauth",
    "allauth.account",
    "tests.hosts.uuid_host",
    "tests.hosts.real.allauth.apps.AllauthHostConfig",
]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTH_USER_MODEL = "allauth_host.Member"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ROOT_URLCONF = "tests.hosts.real.allauth.urls"
LOGIN_REDIRECT_URL = "/api/apps/share-counts?ids="
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
