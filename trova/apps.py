from django.apps import AppConfig


class TrovaConfig(AppConfig):
    name = "trova"
    verbose_name = "Trova"
