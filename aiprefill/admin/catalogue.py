"""What the catalogue compares with."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aiprefill.models import PhotoFeature
from listings.admin import ReadOnly, thumbnail


@admin.register(PhotoFeature)
class PhotoFeatureAdmin(ReadOnly[PhotoFeature]):
    """Which posted photos can be recognised, and since when."""

    list_display = ["listing", "picture", "version", "made_at"]
    list_filter = ["version", "made_at"]
    search_fields = ["photo__listing__title"]
    list_select_related = ["photo__listing"]
    fields = ["picture", "listing", "version", "made_at"]
    readonly_fields = ["picture", "listing"]

    @admin.display(description=_("picture"))
    def picture(self, feature: PhotoFeature) -> SafeString | str:
        return thumbnail(feature.photo)

    @admin.display(description=_("listing"))
    def listing(self, feature: PhotoFeature) -> str:
        return str(feature.photo.listing)
