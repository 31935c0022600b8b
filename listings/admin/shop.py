"""What is for sale, who sells it, and the mail that leaves, as rows that nobody changes by hand."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from listings import appeals, photo_files, rules
from listings.admin.read_only import BoundedPaginator, ReadOnly
from listings.models import Category, CategoryCount, Favourite, Listing, Mail, Photo, Seller, Status, Word


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
    """Accounts; not for annotators. An address is changed, and an account erased, by its owner."""

    ordering = ["-date_joined"]
    list_display = ["email", "first_name", "is_staff", "date_joined"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "first_name"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "first_name", "password"]}),
        (_("Permissions"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "first_name", "usable_password", "password1", "password2"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Seller | None = None) -> list[str]:
        # The address is also a row of the accounts' app; writing it here alone would part the two.
        return [*self.readonly_fields, "email"] if obj else [*self.readonly_fields]

    def has_delete_permission(self, request: HttpRequest, obj: Seller | None = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """The shelves. One that prompt versions name is not taken away."""

    list_display = ["name", "slug", "position", "on_show"]
    search_fields = ["name", "slug"]
    list_filter = ["position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).select_related("count")

    @admin.display(description=_("on show"), ordering="count__on_show")
    def on_show(self, category: Category) -> int:
        return category.count.on_show

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        CategoryCount.objects.get_or_create(category=obj)

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False


@admin.register(CategoryCount)
class CategoryCountAdmin(ReadOnly[CategoryCount]):
    """How many things each shelf shows; kept by the actions."""

    list_display = ["category", "on_show"]
    list_filter = ["category"]
    search_fields = ["category__name"]
    list_select_related = ["category"]


@admin.register(Listing)
class ListingAdmin(ReadOnly[Listing]):
    """What is for sale."""

    list_display = [
        "cover_picture",
        "title_or_draft",
        "euros",
        "category",
        "status_word",
        "shown_seller",
        "published_at",
        "created_at",
    ]
    list_display_links = ["title_or_draft"]
    list_filter = ["status", "category", "condition", "published_at"]
    search_fields = ["id", "title", "description"]
    ordering = ["-created_at"]
    exclude = ["seller"]
    readonly_fields = [
        "pictures",
        "shown_seller",
        "created_at",
        "updated_at",
        "published_at",
        "expires_at",
        "told_at",
        "ended_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        return Listing.objects.with_cards().select_related("seller").order_by(*self.get_ordering(request))

    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(require_POST(self.show_again_view))
        return [
            path("<uuid:listing_id>/show-again/", again, name="listings_show_again"),
            *super().get_urls(),
        ]

    def story(self, request: HttpRequest, row: Listing) -> dict[str, Any]:
        may_show = request.user.has_perm("listings.change_report")
        return {"may_show_again": may_show and row.status == Status.HIDDEN}

    def show_again_view(self, request: HttpRequest, listing_id: Any) -> HttpResponse:
        """Take a hiding back, for those who may hide."""
        if not request.user.has_perm("listings.change_report"):
            raise PermissionDenied
        assert isinstance(request.user, Seller)  # noqa: S101  says it to the type checker
        listing = get_object_or_404(Listing, pk=listing_id)
        try:
            appeals.show_again(listing, request.user)
        except rules.Refused as refused:
            messages.error(request, str(refused))
        else:
            self.log_change(request, listing, str(_("Shown again.")))
            messages.success(request, _("Buyers see it again, and its seller is told."))
        return HttpResponseRedirect(reverse("admin:listings_listing_change", args=[listing.pk]))

    @admin.display(description=_("photo"))
    def cover_picture(self, listing: Listing) -> SafeString | str:
        return thumbnail(listing.cover)

    @admin.display(description=_("price"), ordering="price")
    def euros(self, listing: Listing) -> str:
        return "–" if listing.price is None else f"€{listing.price:,.2f}"

    @admin.display(description=_("status"), ordering="status")
    def status_word(self, listing: Listing) -> SafeString:
        return format_html(
            '<span class="word word-{}">{}</span>', listing.status, listing.get_status_display()
        )

    @admin.display(description=_("photos"))
    def pictures(self, listing: Listing) -> SafeString | str:
        """All photos in order, each leading to its row."""
        link = '<a href="{}"><img class="thumbnail" src="{}" alt="{}" height="120"></a>'
        rows = (
            (
                reverse("admin:listings_photo_change", args=[photo.pk]),
                photo_address(photo),
                _("Photo %s") % (photo.position + 1),
            )
            for photo in listing.photos.all()
        )
        return format_html_join("", link, rows) or "–"

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
    list_display_links = ["listing"]
    list_filter = ["created_at"]
    list_select_related = ["listing"]
    search_fields = ["id", "sha256", "listing__title"]
    exclude = ["placeholder"]
    ordering = ["-created_at"]

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


@admin.register(Favourite)
class FavouriteAdmin(ReadOnly[Favourite]):
    """Who keeps an eye on what; not for annotators."""

    list_display = ["listing", "seller", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["listing", "seller"]
    search_fields = ["listing__title", "seller__email"]
    ordering = ["-id"]


@admin.register(Word)
class WordAdmin(ReadOnly[Word]):
    """The words of titles on show, by which mistyped ones are read; kept by the actions."""

    list_display = ["text"]
    search_fields = ["text"]
    ordering = ["text"]


@admin.register(Mail)
class MailAdmin(ReadOnly[Mail]):
    """The outbox; not for annotators. Texts hold codes to sign in with, which are nobody else's."""

    list_display = ["created_at", "recipient", "subject", "sent_at", "attempts", "error"]
    list_filter = ["sent_at", "created_at"]
    search_fields = ["recipient", "subject"]
    exclude = ["body", "html"]
    ordering = ["-id"]
