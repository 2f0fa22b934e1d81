from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("share_analytics", "0003_virality"),
    ]

    operations = [
        migrations.AddField(
            model_name="state",
            name="blanked_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="state",
            name="blanked_to",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterModelOptions(
            name="share",
            options={
                "default_permissions": ("view", "export", "discard"),
                "verbose_name": "share",
                "verbose_name_plural": "shares",
            },
        ),
    ]
