from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

ON_SHOW = Q(status__in=["live", "reserved"])


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0003_expiry"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="search",
            field=models.GeneratedField(
                expression=SearchVector("title", config=settings.SEARCH_CONFIG, weight="A")
                + SearchVector("description", config=settings.SEARCH_CONFIG, weight="B"),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=GinIndex(fields=["search"], name="listing_words", condition=ON_SHOW),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                fields=["price", "-published_at", "-id"], name="listing_cheapest", condition=ON_SHOW
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                fields=["category", "price", "-published_at", "-id"],
                name="listing_shelf_cheapest",
                condition=ON_SHOW,
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                Lower("town"),
                F("published_at").desc(),
                F("id").desc(),
                name="listing_of_town",
                condition=ON_SHOW,
            ),
        ),
    ]
