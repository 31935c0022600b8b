from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AiprefillConfig(AppConfig):
    name = "aiprefill"
    verbose_name = "Suggestions"

    def ready(self) -> None:
        from aiprefill import checks, receivers
        from aiprefill.annotators import make_group
        from aiprefill.reference import make_reference_rows

        # Browser tests flush every table and send post_migrate: the reference rows come back with it.
        post_migrate.connect(make_reference_rows, sender=self)
        post_migrate.connect(make_group, sender=self)
        receivers.connect()
        checks.register_checks()
