"""One way in, for the new and for the known: an address, then the code that is sent to it."""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from listings.models import Seller


class AddressForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """Takes any address. An unknown one gets an account that only the code sent there can open.

    So the answer, and the mail, are the same for both, and nobody learns who has an account.
    """

    _user: Seller | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Your e-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        """The address, with `_user` set. Raises ValidationError when too many codes were asked for."""
        email: str = super().clean_email()
        if email:
            self._user = self._user or new_account(email)
            know_address(self._user, email)
        return email


def new_account(email: str) -> Seller | None:
    """An account for this address, without a password; None where one is there that was closed."""
    seller, is_new = Seller.objects.get_or_create(
        email=email.lower(), defaults={"password": make_password(None)}
    )
    return seller if is_new or seller.is_active else None


def know_address(seller: Seller | None, email: str) -> None:
    """Let allauth confirm the address by the code, also of an account that the command line made."""
    if seller and not EmailAddress.objects.filter(user=seller).exists():
        EmailAddress.objects.get_or_create(user=seller, email=email.lower(), defaults={"primary": True})
