"""``db_worker`` as it is, but what a killed one left behind is taken over after a second."""

import sys


def main():
    import django

    django.setup()

    from django.core.management import execute_from_command_line

    from django_share_analytics.dispatch import second_tries
    from django_share_analytics.dispatch.tasks import database

    database.TAKE_OVER_SECONDS = 1.0
    second_tries.SECOND_TRY_SECONDS = 4.0  # tests have something to do in between
    arguments = ["--queue-name=*", "--interval=0.05", "--no-startup-delay", *sys.argv[1:]]
    execute_from_command_line(["manage.py", "db_worker", *arguments])


if __name__ == "__main__":
    main()
