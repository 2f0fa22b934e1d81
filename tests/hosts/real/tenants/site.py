"""``python -m tests.hosts.real.tenants.site KEY TENANT…``: a process of the project.

It takes a share for each tenant that is named, one after the other, and ends.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django


def main(key: str, *tenants: str) -> None:
    from django.test import Client

    for tenant in tenants:
        body = {"appId": key, "platform": "copy"}
        client = Client(headers={"host": f"{tenant}.example.org"})
        answer = client.post("/api/shares", body, content_type="application/json")
        assert answer.status_code == 202, answer.content


if __name__ == "__main__":
    django.setup()
    if os.environ.get("SHARE_DISPATCHER") == "celery":
        import_module("tests.hosts.real.tenants.celery_app")
    main(*sys.argv[1:])
