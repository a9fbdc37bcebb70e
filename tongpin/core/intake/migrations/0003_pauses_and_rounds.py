"""A webhook says what it is and can pause; a source remembers its last rounds and when its cursor moved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_posts_and_sources")]

    operations = [
        migrations.AddField(
            "hook",
            "kind",
            models.CharField(choices=[("form", "Form"), ("order", "Order")], default="form", max_length=10),
        ),
        migrations.AddField("hook", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField("source", "cursor_at", models.DateTimeField(null=True)),
        migrations.AddField("source", "rounds", models.JSONField(default=list)),
    ]
