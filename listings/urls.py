"""Addresses of the marketplace."""

from django.urls import URLPattern, path

from listings import (
    appeal_views,
    favourite_views,
    form_views,
    manifest,
    message_views,
    my_views,
    photo_views,
    renew_views,
    report_views,
    sitemaps,
    token_views,
    views,
)

app_name = "listings"
urlpatterns: list[URLPattern] = [
    path("", views.browse, name="browse"),
    path("listings/new/", form_views.new, name="new"),
    path("listings/new/share/", form_views.share, name="share"),
    path("listings/<uuid:draft>/edit/", form_views.edit, name="edit"),
    path("listings/<uuid:pk>/", views.detail, name="detail"),
    path("listings/<uuid:pk>/change/", my_views.change, name="change"),
    path("listings/<uuid:pk>/delete/", my_views.delete, name="delete"),
    path("listings/<uuid:pk>/renew/", renew_views.renew, name="renew"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap/<slug:name>.xml", sitemaps.section, name="sitemap_section"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("listings/<uuid:pk>/contact/", message_views.contact, name="contact"),
    path("messages/", message_views.inbox, name="inbox"),
    path("messages/kept/<uuid:kept>/", message_views.kept_message, name="kept_message"),
    path("messages/<uuid:conversation>/", message_views.conversation_page, name="conversation"),
    path("messages/<uuid:conversation>/block/", message_views.block, name="block"),
    path(
        "messages/<uuid:conversation>/report/", report_views.report_conversation, name="report_conversation"
    ),
    path("listings/<uuid:pk>/report/", report_views.report_listing, name="report_listing"),
    path("listings/<uuid:pk>/appeal/", appeal_views.appeal, name="appeal"),
    path("reports/<uuid:report>/", report_views.receipt, name="receipt"),
    path("my/listings/", my_views.mine, name="mine"),
    path("listings/<uuid:pk>/favourite/", favourite_views.favourite, name="favourite"),
    path("my/favourites/", favourite_views.mine, name="favourites"),
    path("my/drafts/", my_views.drafts, name="drafts"),
    path("my/account/", my_views.account, name="account"),
    path("my/account/delete/", my_views.delete_account, name="delete_account"),
    path("my/api/", token_views.api_tokens, name="api_tokens"),
    path("my/api/<int:token>/revoke/", token_views.revoke, name="revoke_token"),
    path("photos/<uuid:pk>/<int:width>.<slug:extension>", photo_views.photo, name="photo"),
]
