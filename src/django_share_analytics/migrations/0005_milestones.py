from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("share_analytics", "0004_privacy"),
    ]

    operations = [
        migrations.AddField(
            model_name="appcount",
            name="milestone",
            field=models.BigIntegerField(null=True),
        ),
    ]
