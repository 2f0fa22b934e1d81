"""``python -m tests.crash.prepare``: the tables, and the apps that are shared."""

from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.crash.apps import APPS

    call_command("migrate", verbosity=0)
    model = django.apps.apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    model.objects.bulk_create([model(pk=key, name=f"App {n}") for n, key in enumerate(APPS)])


if __name__ == "__main__":
    main()
