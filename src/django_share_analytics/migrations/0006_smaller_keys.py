from django.db import migrations, models


class Migration(migrations.Migration):
    """The counts by day in integers of four bytes: they are most of what counting adds on disk."""

    dependencies = [
        ("share_analytics", "0005_share_platform_timestamp"),
    ]

    operations = [
        migrations.AlterField(
            model_name="appcount",
            name="id",
            field=models.AutoField(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="appday",
            name="n",
            field=models.IntegerField(),
        ),
        migrations.AlterField(
            model_name="appplatformcount",
            name="id",
            field=models.AutoField(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="appplatformday",
            name="n",
            field=models.IntegerField(),
        ),
    ]
