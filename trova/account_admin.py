"""allauth's rows as staff may see them: an address changed here would part from the seller's own."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest

from listings.admin import ReadOnly


class EmailAddressAdmin(ReadOnly[EmailAddress]):
    """Addresses, and whether their owners proved them."""

    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    search_fields = ["email"]
    list_select_related = ["user"]


class AuthenticatorAdmin(ReadOnly[Authenticator]):
    """Second factors, without their secrets. Deleting one lets a seller with a lost phone in again."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type", "created_at"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
    exclude = ["data"]

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return request.user.has_perm("mfa.delete_authenticator")


def replace_admins() -> None:
    """Put these in the place of allauth's own, which show secrets and change addresses."""
    for model, model_admin in ((EmailAddress, EmailAddressAdmin), (Authenticator, AuthenticatorAdmin)):
        admin.site.unregister(model)
        admin.site.register(model, model_admin)
