"""The forms of the account page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from listings.models import ApiToken, Seller


class ShownNameForm(forms.ModelForm[Seller]):
    """The first name that buyers see."""

    class Meta:
        model = Seller
        fields = ["first_name"]
        labels = {"first_name": _("Your first name")}
        help_texts = {"first_name": _("Buyers see it beside your listings. They never see your address.")}
        widgets = {"first_name": forms.TextInput(attrs={"autocomplete": "given-name", "maxlength": 40})}

    def clean_first_name(self) -> str:
        return " ".join(self.cleaned_data["first_name"].split())[:40]


class LeavingForm(forms.Form):
    """The account's own address, typed, so that nobody leaves by a slip of the finger."""

    email = forms.EmailField(
        label=_("Type your e-mail address to confirm"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any, *, seller: Seller) -> None:
        super().__init__(data)
        self.seller = seller

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email != self.seller.email:
            raise forms.ValidationError(_("This is not the address of your account."))
        return email


class TokenForm(forms.ModelForm[ApiToken]):
    """What a new token is for."""

    class Meta:
        model = ApiToken
        fields = ["name"]
        labels = {"name": _("What is it for?")}
        help_texts = {"name": _("For you, to tell your tokens apart: “price check on the laptop”.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}
