"""What is for sale."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from listings.fields import (
    MAX_DESCRIPTION,
    MAX_PRICE,
    MAX_TITLE,
    MAX_TOWN,
    Condition,
    ListingFields,
)
from listings.models.category import Category
from listings.models.photo import Photo
from listings.models.seller import Seller
from listings.models.status import ENDED, ON_SHOW, Status

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from listings.models.report import Report


CONDITION_LABELS = [
    (Condition.NEW.value, _("New")),
    (Condition.LIKE_NEW.value, _("Like new")),
    (Condition.GOOD.value, _("Good")),
    (Condition.FAIR.value, _("Worn")),
    (Condition.FOR_PARTS.value, _("For parts")),
]


OF_A_COVER = ("listing", "width", "height", "widths", "placeholder")
"""What cards read of the first photo."""


class ListingQuerySet(models.QuerySet["Listing"]):
    """The words in which listings are read."""

    def on_show(self) -> Self:
        """What a buyer can browse."""
        return self.filter(status__in=ON_SHOW)

    def public(self, now: datetime) -> Self:
        """What anybody may read by its address: `Listing.is_public`, in SQL."""
        since = now - timedelta(days=settings.ENDED_LISTING_DAYS)
        return self.filter(Q(status__in=ON_SHOW) | Q(status__in=ENDED, ended_at__gt=since))

    def drafts(self) -> Self:
        return self.filter(status=Status.DRAFT)

    def posted(self) -> Self:
        return self.exclude(status=Status.DRAFT)

    def of_unit(self, unit: uuid.UUID | None) -> Self:
        """Anonymous drafts of the browser with this unit; none without one."""
        return self.filter(unit=unit, seller=None, status=Status.DRAFT) if unit else self.none()

    def writable_by(self, user: AbstractBaseUser | AnonymousUser, unit: uuid.UUID | None) -> Self:
        """What this person may see as a draft and change: their own, and what this browser began unsigned."""
        mine = Q(seller_id=user.pk) if user.is_authenticated else Q(pk__in=[])
        kept = self.filter(erase_at=None)
        return kept.filter(mine | Q(unit=unit, seller=None, status=Status.DRAFT) if unit else mine)

    def with_cards(self) -> Self:
        """With all that a card shows, in two queries."""
        return self.select_related("category").prefetch_related(
            models.Prefetch("photos", Photo.objects.filter(position=0).only(*OF_A_COVER), to_attr="covers")
        )

    def abandoned(self, before: datetime) -> Self:
        """Anonymous drafts untouched since `before`."""
        return self.filter(seller=None, status=Status.DRAFT, updated_at__lt=before)

    def to_be_told(self, now: datetime) -> Self:
        """On show, about to expire, and their sellers do not know yet."""
        soon = now + timedelta(days=settings.EXPIRY_NOTICE_DAYS)
        return self.on_show().filter(told_at=None, expires_at__lte=soon)

    def run_out(self, now: datetime) -> Self:
        """On show, past their day, and their sellers were told in time."""
        told = now - timedelta(days=settings.EXPIRY_NOTICE_DAYS)
        return self.on_show().filter(told_at__lte=told, expires_at__lte=now)

    def outlived(self) -> Self:
        """Drafts that were made for a time which is over."""
        return self.filter(status=Status.DRAFT, erase_at__lte=Now())


_Manager = models.Manager.from_queryset(ListingQuerySet)


class ListingManager(_Manager["Listing"]):
    """Reads rows without what only the database searches in."""

    def get_queryset(self) -> ListingQuerySet:
        return ListingQuerySet(self.model, using=self._db).defer("search")


class Listing(models.Model):
    """One thing for sale. Without a seller only while a draft."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey(
        Seller, models.CASCADE, null=True, blank=True, related_name="listings", verbose_name=_("seller")
    )
    unit = models.UUIDField(_("browser unit"), null=True, blank=True, editable=False)
    form_key = models.UUIDField(_("form key"), unique=True, null=True, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=MAX_TITLE, blank=True)
    description = models.TextField(
        _("description"),
        blank=True,
        max_length=MAX_DESCRIPTION,
        validators=[MaxLengthValidator(MAX_DESCRIPTION)],
    )
    price = models.DecimalField(
        _("price"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MAX_PRICE)],
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="listings", verbose_name=_("category")
    )
    condition = models.CharField(_("condition"), max_length=10, blank=True, choices=CONDITION_LABELS)
    town = models.CharField(_("town"), max_length=MAX_TOWN, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    hidden_reason = models.CharField(_("reason for hiding"), max_length=200, blank=True)
    hidden_from = models.CharField(
        _("stood before"), max_length=8, blank=True, default="", db_default="", editable=False
    )
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    field_revisions = models.JSONField(_("revisions of the fields"), default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    # Nothing there: it stays until its seller ends it.
    expires_at = models.DateTimeField(_("on show until"), null=True, blank=True, editable=False)
    told_at = models.DateTimeField(_("told that it expires"), null=True, blank=True, editable=False)
    # Set for a draft that no page shows: a program sent a photo to be read, not to be sold.
    erase_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    search = models.GeneratedField(
        expression=SearchVector("title", config=settings.SEARCH_CONFIG, weight="A")
        + SearchVector("description", config=settings.SEARCH_CONFIG, weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )
    """What is found by words: the title counts most. `manage.py reindex_search` makes it anew."""

    objects = ListingManager()

    if TYPE_CHECKING:
        photos: RelatedManager[Photo]
        covers: list[Photo]
        open_appeals: list[Report]

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | Q(
                    seller__isnull=False,
                    published_at__isnull=False,
                    price__isnull=False,
                    category__isnull=False,
                )
                & ~Q(title=""),
                name="listing_is_complete_unless_draft",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0, price__lte=MAX_PRICE),
                name="listing_price_in_range",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="listing_status_is_known"),
            models.CheckConstraint(
                condition=Q(condition__in=["", *(c.value for c in Condition)]),
                name="listing_condition_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.HIDDEN) | ~Q(hidden_reason=""), name="listing_hidden_has_a_reason"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="listing_words", condition=Q(status__in=["live", "reserved"])),
            models.Index(
                fields=["price", "-published_at", "-id"],
                name="listing_cheapest",
                condition=Q(status__in=["live", "reserved"]),
            ),
            models.Index(
                fields=["category", "price", "-published_at", "-id"],
                name="listing_shelf_cheapest",
                condition=Q(status__in=["live", "reserved"]),
            ),
            models.Index(
                Lower("town"),
                F("published_at").desc(),
                F("id").desc(),
                name="listing_of_town",
                condition=Q(status__in=["live", "reserved"]),
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                name="listing_shelf",
                condition=Q(status__in=["live", "reserved"]),
            ),
            models.Index(
                fields=["-published_at", "-id"],
                name="listing_newest",
                condition=Q(status__in=["live", "reserved"]),
            ),
            models.Index(fields=["seller", "-updated_at"], name="listing_of_seller"),
            models.Index(fields=["-created_at", "-id"], name="listing_newest_made"),
            models.Index(
                fields=["told_at", "expires_at"],
                name="listing_expiring",
                condition=Q(status__in=["live", "reserved"]),
            ),
            models.Index(fields=["unit"], name="listing_of_unit", condition=Q(status="draft", seller=None)),
            models.Index(
                fields=["updated_at"], name="listing_abandoned", condition=Q(status="draft", seller=None)
            ),
            models.Index(
                fields=["erase_at"],
                name="listing_outlived",
                condition=Q(status="draft", erase_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled draft"))

    def get_absolute_url(self) -> str:
        return reverse("listings:detail", args=[self.pk])

    @property
    def fields(self) -> ListingFields:
        """What the listing says, as a plain value. Empty is None."""
        return ListingFields(
            title=self.title or None,
            description=self.description or None,
            category=self.category.slug if self.category else None,
            condition=Condition(self.condition) if self.condition else None,
            price=self.price,
        )

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_on_show(self) -> bool:
        return self.status in ON_SHOW

    def is_public(self, now: datetime) -> bool:
        """Whether anybody may read its page: on show, or sold or expired a short while ago."""
        if self.status not in ENDED:
            return self.is_on_show
        kept = timedelta(days=settings.ENDED_LISTING_DAYS)
        return self.ended_at is not None and self.ended_at > now - kept

    @property
    def runs_out(self) -> bool:
        """Whether its seller was told that it leaves the shop soon."""
        return self.is_on_show and self.told_at is not None

    @property
    def cover(self) -> Photo | None:
        """The first photo: from `with_cards` where it was used, else one query."""
        covers = getattr(self, "covers", None)
        return (covers[0] if covers else None) if covers is not None else self.photos.first()
