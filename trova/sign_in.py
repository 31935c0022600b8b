"""One way in, for the new and for the known: an address, then the code that is sent to it."""

from typing import Any

from allauth.account.forms import (
    BaseConfirmCodeForm,
    ConfirmEmailVerificationCodeForm,
    RequestLoginCodeForm,
)
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from listings import actions
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
            self._user = account_of(email)
        return email


class NewAddressForm(ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # allauth ships no types
    """Takes the code of the address that an account changes to.

    Whoever has that code has the address: an account that was only typed does not keep it from them.
    """

    def clean_code(self) -> str:
        BaseConfirmCodeForm.clean_code(self)
        actions.erase_unproved(self.email)
        code: str = super().clean_code()
        return code


def account_of(email: str) -> Seller | None:
    """The account of this address, made now if there is none; None where it was closed.

    Found by the seller's own address alone: allauth would also find whoever has typed it as their next
    address, and let its owner into a stranger's account.
    """
    seller, is_new = Seller.objects.get_or_create(
        email=email.lower(), defaults={"password": make_password(None)}
    )
    if not (is_new or seller.is_active):
        return None
    if seller.last_login is None:  # the day begins again, or a sweep could come before the code
        Seller.objects.unproved().filter(pk=seller.pk).update(date_joined=Now())
    # An account that the command line made has no such row, and allauth could not confirm it.
    known = EmailAddress.objects.filter(user=seller)
    if not known.filter(email=seller.email).exists():
        EmailAddress.objects.create(user=seller, email=seller.email, primary=not known.exists())
    return seller
