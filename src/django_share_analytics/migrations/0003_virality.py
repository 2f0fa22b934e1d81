from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("share_analytics", "0002_share_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="CascadeSnapshot",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("content", models.JSONField()),
            ],
            options={
                "verbose_name": "snapshot of cascades",
                "verbose_name_plural": "snapshots of cascades",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Impression",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("timestamp", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "impression",
                "verbose_name_plural": "impressions",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ImpressionDay",
            fields=[
                ("n", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day",
                        "placement",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("placement", models.CharField(max_length=50)),
            ],
            options={
                "verbose_name": "count of impressions by day",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ShareVirality",
            fields=[],
            options={
                "verbose_name": "how far shares travel",
                "verbose_name_plural": "how far shares travel",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("share_analytics.share",),
        ),
    ]
