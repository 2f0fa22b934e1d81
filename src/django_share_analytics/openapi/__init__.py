"""Our calls in the host's OpenAPI schema, where the host has drf-spectacular.

``apps`` imports :mod:`.extensions`, by which drf-spectacular finds all that is here.
"""
