"""Who sells, and who buys."""

from typing import Any, ClassVar, Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

ADDRESS: Final = "emailaddress"
"""What allauth calls its rows of a seller's addresses."""


class SellerManager(BaseUserManager["Seller"]):
    """Sellers sign in by e-mail address, which is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "Seller":
        seller = self.model(email=email.lower(), **extra)
        seller.set_password(password)
        seller.save(using=self._db)
        return seller

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "Seller":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, email: str | None) -> "Seller":
        return self.get(email=(email or "").lower())

    def unproved(self) -> models.QuerySet["Seller"]:
        """Accounts that somebody made by typing an address, that nobody has opened, and that hold nothing."""
        held = {relation.name: None for relation in Seller._meta.related_objects if relation.name != ADDRESS}
        return self.filter(
            last_login=None,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
            first_name="",  # whoever typed an address gave no name: staff made the account for somebody
            is_active=True,  # what was closed stays closed
            is_staff=False,
            is_superuser=False,
            groups=None,
            user_permissions=None,
            **held,
        ).exclude(**{f"{ADDRESS}__verified": True})


class Seller(AbstractUser):
    """Anybody with an account. Shown to others by first name alone."""

    username = None  # type: ignore[assignment]  # AbstractUser's field is taken away on purpose
    email = models.EmailField(_("e-mail address"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[SellerManager] = SellerManager()  # type: ignore[assignment]  # AbstractUser declares UserManager

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="seller_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What strangers see: a first name, never the address."""
        return self.first_name or str(_("A seller"))

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()
