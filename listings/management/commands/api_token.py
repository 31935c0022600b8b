"""`manage.py api_token EMAIL`"""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from listings import tokens
from listings.models import Seller


class Command(BaseCommand):
    help = "Make a token for the API and print it, alone. It is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account that it is for")

    def handle(self, *args: str, email: str, **options: object) -> None:
        try:
            token = tokens.issue(Seller.objects.get_by_natural_key(email), name="manage.py")
        except Seller.DoesNotExist as error:
            raise CommandError(f"No account has the address {email}.") from error
        except tokens.TooManyTokens as error:
            raise CommandError(str(error)) from error
        self.stdout.write(token)
