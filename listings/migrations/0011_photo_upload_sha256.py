from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0010_hidden_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="upload_sha256",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=64,
                verbose_name="SHA-256 of the upload",
            ),
        ),
    ]
