"""Written by hand where it names the shared model: that is the host's, and so is its key's type.

Whoever changes a key to it here, or in a later migration, writes
``to=settings.SHARE_ANALYTICS_APP_MODEL`` and depends on ``app_model_dependency()``;
``makemigrations`` would write down the model of the project it happens to run in.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import django_share_analytics.counts.deletion
import django_share_analytics.events
import django_share_analytics.sql.functions
from django_share_analytics.conf import app_model_dependency


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        app_model_dependency(),
    ]

    operations = [
        migrations.CreateModel(
            name="OutcomeHour",
            fields=[
                ("n", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hour",
                        "reason",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("reason", models.CharField(max_length=50)),
            ],
            options={
                "verbose_name": "events not recorded by hour",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SiteHour",
            fields=[
                ("n", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hour",
                        "platform",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("platform", models.CharField(max_length=50)),
            ],
            options={
                "verbose_name": "count of the site by hour",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AppCount",
            fields=[
                ("n", models.BigIntegerField()),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "app",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="share_analytics_count",
                        to=settings.SHARE_ANALYTICS_APP_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "count of an app",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AppDay",
            fields=[
                ("n", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day",
                        "app_count_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                (
                    "app_count",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="share_analytics.appcount",
                    ),
                ),
            ],
            options={
                "verbose_name": "count of an app by day",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AppPlatformCount",
            fields=[
                ("n", models.BigIntegerField()),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("platform", models.CharField(max_length=50)),
                (
                    "app",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="share_analytics_platform_counts",
                        to=settings.SHARE_ANALYTICS_APP_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "count of an app on a platform",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AppPlatformDay",
            fields=[
                ("n", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "app_platform_id",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                (
                    "app_platform",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="share_analytics.appplatformcount",
                    ),
                ),
            ],
            options={
                "verbose_name": "count of an app on a platform by day",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=django_share_analytics.events.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
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
                        db_default=django_share_analytics.sql.functions.UtcNow(),
                        default=django.utils.timezone.now,
                        verbose_name="shared at",
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
                        on_delete=django_share_analytics.counts.deletion.cascade_with_counts,
                        related_name="share_analytics_shares",
                        to=settings.SHARE_ANALYTICS_APP_MODEL,
                        verbose_name="app",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
        migrations.AddConstraint(
            model_name="appplatformcount",
            constraint=models.UniqueConstraint(
                fields=("app", "platform"), name="share_app_platform_count"
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["app", "timestamp"], name="share_app_timestamp"),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["platform"], name="share_platform"),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["app", "platform"], name="share_app_platform"),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["timestamp"], name="share_timestamp"),
        ),
    ]
