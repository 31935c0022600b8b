"""The marketplace for those who look after it. Annotators see things and pictures, no e-mail address."""

from typing import Any, Generic, TypeVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from listings import photo_files
from listings.models import Category, CategoryCount, Listing, Mail, Photo, Seller

M = TypeVar("M", bound=Model)


class ReadOnly(admin.ModelAdmin[M], Generic[M]):
    """An admin that shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def photo_address(photo: Photo, width: int = 320) -> str:
    """Where staff see a photo, published or not."""
    return reverse("admin:listings_photo_file", args=[photo.pk, width])


def thumbnail(photo: Photo | None) -> SafeString | str:
    """A small picture for a list, or a dash."""
    if photo is None:
        return "–"
    return format_html(
        '<img class="thumbnail" src="{}" alt="" width="64" height="48" loading="lazy">', photo_address(photo)
    )


@admin.register(Seller)
class SellerAdmin(UserAdmin[Seller]):
    """Accounts; not for annotators."""

    ordering = ["-date_joined"]
    list_display = ["email", "first_name", "is_staff", "date_joined"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "first_name"]
    fieldsets = [
        (None, {"fields": ["email", "first_name", "password"]}),
        (
            _("Permissions"),
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "first_name", "usable_password", "password1", "password2"]})]


class CategoryCountInline(admin.TabularInline[CategoryCount, Category]):
    model = CategoryCount
    can_delete = False
    readonly_fields = ["on_show"]

    def has_add_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """The shelves."""

    list_display = ["name", "slug", "position", "count"]
    list_filter = ["position"]
    search_fields = ["name", "slug"]
    inlines = [CategoryCountInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).select_related("count")


@admin.register(CategoryCount)
class CategoryCountAdmin(ReadOnly[CategoryCount]):
    """How many things each shelf shows; kept by the actions."""

    list_display = ["category", "on_show"]
    list_filter = ["category"]
    search_fields = ["category__name"]
    list_select_related = ["category"]


class PhotoInline(admin.TabularInline[Photo, Listing]):
    model = Photo
    extra = 0
    fields = ["picture", "position", "width", "height", "sha256"]
    readonly_fields = ["picture", "position", "width", "height", "sha256"]

    @admin.display(description=_("picture"))
    def picture(self, photo: Photo) -> SafeString | str:
        return thumbnail(photo)


@admin.register(Listing)
class ListingAdmin(ReadOnly[Listing]):
    """What is for sale."""

    list_display = [
        "cover_picture",
        "title_or_draft",
        "price",
        "category",
        "status",
        "shown_seller",
        "published_at",
    ]
    list_display_links = ["cover_picture", "title_or_draft"]
    list_filter = ["status", "category", "condition", "published_at"]
    search_fields = ["id", "title", "description"]
    date_hierarchy = "published_at"
    show_full_result_count = False
    exclude = ["seller"]
    readonly_fields = ["shown_seller"]
    inlines = [PhotoInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        return super().get_queryset(request).select_related("category", "seller").prefetch_related("photos")

    @admin.display(description="")
    def cover_picture(self, listing: Listing) -> SafeString | str:
        return thumbnail(next(iter(listing.photos.all()), None))

    @admin.display(description=_("title"), ordering="title")
    def title_or_draft(self, listing: Listing) -> str:
        return str(listing)

    @admin.display(description=_("seller"))
    def shown_seller(self, listing: Listing) -> str:
        return listing.seller.shown_name if listing.seller else "–"


@admin.register(Photo)
class PhotoAdmin(ReadOnly[Photo]):
    """The pictures; also where staff fetch one that is not public."""

    list_display = ["picture", "listing", "position", "width", "height", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["id", "sha256", "listing__title"]
    show_full_result_count = False

    @admin.display(description=_("picture"))
    def picture(self, photo: Photo) -> SafeString | str:
        return thumbnail(photo)

    def get_urls(self) -> list[URLPattern]:
        file = path(
            "<uuid:photo_id>/file/<int:width>/",
            self.admin_site.admin_view(self.file_view),
            name="listings_photo_file",
        )
        return [file, *super().get_urls()]

    def file_view(self, request: HttpRequest, photo_id: Any, width: int) -> HttpResponse | FileResponse:
        """The bytes of one rendition, for staff who may see photos."""
        if not request.user.has_perm("listings.view_photo"):
            raise PermissionDenied
        photo = get_object_or_404(Photo, pk=photo_id)
        kept = min(photo.widths, key=lambda w: abs(w - width))
        try:
            return FileResponse(photo_files.path(photo.pk, kept, "jpg").open("rb"), content_type="image/jpeg")
        except FileNotFoundError as error:
            raise Http404 from error


@admin.register(Mail)
class MailAdmin(ReadOnly[Mail]):
    """The outbox; not for annotators."""

    list_display = ["created_at", "recipient", "subject", "sent_at", "attempts", "error"]
    list_filter = ["sent_at", "created_at"]
    search_fields = ["recipient", "subject"]
