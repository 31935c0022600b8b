from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EvalsConfig(AppConfig):
    name = "evals"
    verbose_name = "Evaluation"

    def ready(self) -> None:
        from evals.annotators import let_annotators_see

        post_migrate.connect(let_annotators_see, sender=self)
