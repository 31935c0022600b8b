from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ListingsConfig(AppConfig):
    name = "listings"
    verbose_name = "Marketplace"

    def ready(self) -> None:
        from listings import receivers
        from listings.reference import make_reference_rows

        # Browser tests flush every table and send post_migrate: the reference rows come back with it.
        post_migrate.connect(make_reference_rows, sender=self)
        receivers.connect()
