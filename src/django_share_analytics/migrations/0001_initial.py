"""Written by hand where it names the shared model: that is the host's, and so is its key's type.

``makemigrations`` would write down the model of the project it happens to run in. Whoever changes a
key to it here, or in a later migration, takes what is in :mod:`..app_model` instead.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import DO_NOTHING, SET_NULL
from django.utils import timezone

from django_share_analytics.conf import require_app_model_label
from django_share_analytics.counts.deletion import cascade_with_counts
from django_share_analytics.events import new_id
from django_share_analytics.host.app_model import CreateModelWithApp, app_model_dependencies
from django_share_analytics.sql.functions import UtcNow

APP_MODEL = require_app_model_label()


def composite_key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *fields, blank=True, editable=False, primary_key=True, serialize=False
    )


def integer_of(model: str) -> "models.ForeignKey[models.Model]":
    """The integer that stands for an app, or an app on a platform, in the counts by day."""
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=DO_NOTHING, related_name="+", to=model
    )


def count(verbose_name: str) -> dict[str, object]:
    return {"verbose_name": verbose_name, "abstract": False, "default_permissions": ()}


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    def __init__(self, name: str, app_label: str) -> None:
        super().__init__(name, app_label)
        self.dependencies.extend(app_model_dependencies())

    operations = [
        CreateModelWithApp(
            name="Share",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("platform", models.CharField(max_length=50, verbose_name="platform")),
                (
                    "session_id",
                    models.CharField(
                        blank=True, default="", max_length=100, verbose_name="session"
                    ),
                ),
                (
                    "timestamp",
                    models.DateTimeField(
                        db_default=UtcNow(), default=timezone.now, verbose_name="shared at"
                    ),
                ),
                (
                    "user_agent",
                    models.CharField(
                        blank=True, default="", max_length=500, verbose_name="user agent"
                    ),
                ),
                (
                    "referrer_url",
                    models.CharField(
                        blank=True, max_length=500, null=True, verbose_name="referrer"
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=cascade_with_counts,
                        related_name="share_analytics_shares",
                        to=APP_MODEL,
                        verbose_name="app",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=SET_NULL,
                        related_name="share_analytics_shares",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "share",
                "verbose_name_plural": "shares",
                "default_permissions": ("view", "export"),
                "indexes": [
                    models.Index(fields=["app", "timestamp"], name="share_app_timestamp"),
                    models.Index(fields=["platform"], name="share_platform"),
                    models.Index(fields=["app", "platform"], name="share_app_platform"),
                    models.Index(fields=["timestamp"], name="share_timestamp"),
                    models.Index(fields=["platform", "timestamp"], name="share_platform_timestamp"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareStatistics",
            fields=[],
            options={
                "verbose_name": "share statistics",
                "verbose_name_plural": "share statistics",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("share_analytics.share",),
        ),
        CreateModelWithApp(
            name="AppCount",
            fields=[
                ("n", models.BigIntegerField()),
                ("id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "app",
                    models.OneToOneField(
                        on_delete=DO_NOTHING,
                        related_name="share_analytics_count",
                        to=APP_MODEL,
                    ),
                ),
            ],
            options=count("count of an app"),
        ),
        CreateModelWithApp(
            name="AppPlatformCount",
            fields=[
                ("n", models.BigIntegerField()),
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("platform", models.CharField(max_length=50)),
                (
                    "app",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=DO_NOTHING,
                        related_name="share_analytics_platform_counts",
                        to=APP_MODEL,
                    ),
                ),
            ],
            options={
                **count("count of an app on a platform"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("app", "platform"), name="share_app_platform_count"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AppDay",
            fields=[
                ("n", models.IntegerField()),
                ("pk", composite_key("day", "app_count_id")),
                ("day", models.DateField()),
                ("app_count", integer_of("share_analytics.appcount")),
            ],
            options=count("count of an app by day"),
        ),
        migrations.CreateModel(
            name="AppPlatformDay",
            fields=[
                ("n", models.IntegerField()),
                ("pk", composite_key("app_platform_id", "day")),
                ("day", models.DateField()),
                ("app_platform", integer_of("share_analytics.appplatformcount")),
            ],
            options=count("count of an app on a platform by day"),
        ),
        migrations.CreateModel(
            name="SiteHour",
            fields=[
                ("n", models.BigIntegerField()),
                ("pk", composite_key("hour", "platform")),
                ("hour", models.DateTimeField()),
                ("platform", models.CharField(max_length=50)),
            ],
            options=count("count of the site by hour"),
        ),
        migrations.CreateModel(
            name="OutcomeHour",
            fields=[
                ("n", models.BigIntegerField()),
                ("pk", composite_key("hour", "reason")),
                ("hour", models.DateTimeField()),
                ("reason", models.CharField(max_length=50)),
            ],
            options=count("events not recorded by hour"),
        ),
        migrations.CreateModel(
            name="State",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("reporting_zone", models.CharField(max_length=100)),
                ("retained_from", models.DateTimeField(null=True)),
                ("closed_days_version", models.UUIDField()),
                ("needs_recount", models.BooleanField(default=False)),
                ("repairs", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "state of the counts",
                "verbose_name_plural": "state of the counts",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payload", models.TextField(verbose_name="payload")),
                ("reason", models.CharField(max_length=50, verbose_name="reason")),
                (
                    "error",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="error"),
                ),
                ("set_aside_at", models.DateTimeField(verbose_name="set aside at")),
            ],
            options={
                "verbose_name": "share set aside",
                "verbose_name_plural": "shares set aside",
                "default_permissions": ("view", "delete", "replay"),
            },
        ),
    ]
