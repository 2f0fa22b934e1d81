"""A project whose REST API is set up for itself alone: none of it is for other people's views."""

from tests.hosts.real.base import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.uuid_host"]
REST_FRAMEWORK = {
    # How staff log in is the project's to say; strangers need not.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "tests.hosts.real.drf.hostile.NobodyElseGetsIn",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "ALLOWED_VERSIONS": ["v7"],
    "DEFAULT_VERSION": "v7",
    "DEFAULT_RENDERER_CLASSES": ["tests.hosts.real.drf.hostile.Enveloped"],
    "DEFAULT_PARSER_CLASSES": ["tests.hosts.real.drf.hostile.Uppercase"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "tests.hosts.real.drf.hostile.Refusing",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 1,
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.SearchFilter"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.ScopedRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day", "user": "1/day"},
    "EXCEPTION_HANDLER": "tests.hosts.real.drf.hostile.explain",
    "NON_FIELD_ERRORS_KEY": "everything",
    "DATE_INPUT_FORMATS": ["%d/%m/%Y"],
    "DATE_FORMAT": "%d/%m/%Y",
    "DATETIME_FORMAT": "%s",
    "DATETIME_INPUT_FORMATS": ["%s"],
    "COERCE_DECIMAL_TO_STRING": False,
    "UNICODE_JSON": False,
    "COMPACT_JSON": False,
    "STRICT_JSON": False,
    "URL_FORMAT_OVERRIDE": "as",
    "FORMAT_SUFFIX_KWARG": "platform",
    "SEARCH_PARAM": "platform",
    "ORDERING_PARAM": "days",
    "TEST_REQUEST_DEFAULT_FORMAT": "multipart",
}
