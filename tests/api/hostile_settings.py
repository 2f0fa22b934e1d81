"""The tests' host, with every setting of REST framework made against us."""

from tests.settings import *  # noqa: F403
from tests.settings import MIDDLEWARE as USUAL

HOSTILE = "tests.api.hostile"
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": [f"{HOSTILE}.Renderer"],
    "DEFAULT_PARSER_CLASSES": [f"{HOSTILE}.Parser"],
    "DEFAULT_PERMISSION_CLASSES": [f"{HOSTILE}.Permission"],
    "DEFAULT_THROTTLE_CLASSES": [f"{HOSTILE}.Throttle"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": f"{HOSTILE}.Negotiation",
    "DEFAULT_METADATA_CLASS": f"{HOSTILE}.Metadata",
    "DEFAULT_VERSIONING_CLASS": f"{HOSTILE}.Versioning",
    "DEFAULT_PAGINATION_CLASS": f"{HOSTILE}.Pagination",
    "DEFAULT_FILTER_BACKENDS": [f"{HOSTILE}.FilterBackend"],
    "DEFAULT_THROTTLE_RATES": {"user": "0/day", "anon": "0/day"},
    "NUM_PROXIES": 0,
    "PAGE_SIZE": 1,
    "SEARCH_PARAM": "app",
    "ORDERING_PARAM": "platform",
    "DEFAULT_VERSION": "v2",
    "ALLOWED_VERSIONS": ["v1"],
    "VERSION_PARAM": "app_id",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": "builtins.object",
    "VIEW_NAME_FUNCTION": f"{HOSTILE}.name_view",
    "VIEW_DESCRIPTION_FUNCTION": f"{HOSTILE}.describe_view",
    "EXCEPTION_HANDLER": f"{HOSTILE}.handle",
    "NON_FIELD_ERRORS_KEY": "errors",
    "LIST_SERIALIZER_ERRORS_AS_DICT": False,
    "TEST_REQUEST_RENDERER_CLASSES": [f"{HOSTILE}.Renderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "text",
    "URL_FORMAT_OVERRIDE": "platform",
    "FORMAT_SUFFIX_KWARG": "app_id",
    "URL_FIELD_NAME": "id",
    "DATE_FORMAT": "%d/%m/%Y",
    "DATE_INPUT_FORMATS": ["%d/%m/%Y"],
    "DATETIME_FORMAT": "%d/%m/%Y",
    "DATETIME_INPUT_FORMATS": ["%d/%m/%Y"],
    "TIME_FORMAT": "%M",
    "TIME_INPUT_FORMATS": ["%M"],
    "DURATION_FORMAT": "iso-8601",
    "UNICODE_JSON": False,
    "COMPACT_JSON": False,
    "STRICT_JSON": False,
    "COERCE_DECIMAL_TO_STRING": False,
    "COERCE_BIGINT_TO_STRING": True,
    "UPLOADED_FILES_USE_URL": False,
    "HTML_SELECT_CUTOFF": 0,
    "HTML_SELECT_CUTOFF_TEXT": "{count}",
    "SCHEMA_COERCE_PATH_PK": False,
    "SCHEMA_COERCE_METHOD_NAMES": {"retrieve": "platform"},
}
THE_HOSTS_OWN = {"DEFAULT_AUTHENTICATION_CLASSES", "DEFAULT_SCHEMA_CLASS"}
"""How staff log in, and how calls are described."""

# The neighbours: django-filter's defaults, Django's formats, zones that middleware chooses.
FILTERS_DEFAULT_LOOKUP_EXPR = "icontains"
DATE_INPUT_FORMATS = ["%d/%m/%Y"]
USE_THOUSAND_SEPARATOR = True
MIDDLEWARE = [*USUAL, f"{HOSTILE}.elsewhere"]
