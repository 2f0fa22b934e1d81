from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("share_analytics", "0004_repairs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["platform", "timestamp"], name="share_platform_timestamp"),
        ),
    ]
