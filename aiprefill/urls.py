"""Addresses of the sell flow."""

from django.urls import URLPattern, path

from aiprefill import draft_views, progress_views, start_views

app_name = "aiprefill"
urlpatterns: list[URLPattern] = [
    path("sell/", start_views.start, name="start"),
    path("sell/share/", start_views.share, name="share"),
    path("sell/preference/", start_views.preference, name="preference"),
    path("sell/sample/<str:name>", start_views.sample, name="sample"),
    path("sell/<uuid:draft>/", draft_views.draft, name="draft"),
    path("sell/<uuid:draft>/progress", progress_views.progress_of, name="progress"),
]
