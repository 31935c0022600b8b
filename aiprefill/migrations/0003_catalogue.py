import django.db.models.deletion
import pgvector.django.indexes
import pgvector.django.vector
from django.db import migrations, models
from pgvector.django import VectorExtension


class Migration(migrations.Migration):
    dependencies = [
        ("aiprefill", "0002_immutable"),
        ("listings", "0001_initial"),
    ]

    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name="PhotoFeature",
            fields=[
                ("photo", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="listings.photo", verbose_name="photo")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version of the features")),
                ("vector", pgvector.django.vector.VectorField(dimensions=392, null=True, verbose_name="vector")),
                ("local", models.BinaryField(null=True, verbose_name="corners and colours")),
                ("made_at", models.DateTimeField(null=True, verbose_name="worked out")),
            ],
            options={
                "verbose_name": "photo feature",
                "verbose_name_plural": "photo features",
                "indexes": [
                    pgvector.django.indexes.HnswIndex(ef_construction=64, fields=["vector"], m=16, name="photo_feature_likest", opclasses=["vector_cosine_ops"]),
                    models.Index(fields=["made_at"], name="photo_feature_made"),
                ],
            },
        ),
    ]  # fmt: skip
