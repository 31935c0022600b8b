"""Everything the demo needs before it opens; quick and harmless when it is already there."""

import logging

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the demo's database, content and static files up to date."

    def handle(self, *args: object, **options: object) -> None:
        logging.disable(logging.INFO)  # each listing would say that it was published
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("seed_demo")
        call_command("seed_demo_cases")
        call_command("index_catalogue")
        if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
            call_command("first_prompt")
