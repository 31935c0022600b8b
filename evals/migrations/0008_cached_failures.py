"""The cache finds refusals and unusable answers too, so its index holds every result that is not erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evals", "0007_signed_words")]

    operations = [
        migrations.RemoveIndex(model_name="caseresult", name="case_result_cache"),
        migrations.AddIndex(
            model_name="caseresult",
            index=models.Index(
                condition=models.Q(("erased_at", None)), fields=["cache_key"], name="case_result_cache"
            ),
        ),
    ]
