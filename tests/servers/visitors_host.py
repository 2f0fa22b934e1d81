"""Answers with the process and the visitor that a request is of."""

import os

from django.core.handlers.wsgi import WSGIRequest

from django_share_analytics.links.visitors import visitor_of
from tests.servers.applications import wsgi  # noqa: F401 - sets up Django


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {visitor_of(WSGIRequest(environ))}".encode()]
