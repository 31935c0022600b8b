"""Addresses of the sell flow."""

from django.urls import URLPattern, path

from aiprefill import views

app_name = "aiprefill"
urlpatterns: list[URLPattern] = [
    path("sell/", views.start, name="start"),
    path("sell/share/", views.share, name="share"),
    path("sell/preference/", views.preference, name="preference"),
    path("sell/sample/<str:name>", views.sample, name="sample"),
    path("sell/<uuid:draft>/", views.draft, name="draft"),
    path("sell/<uuid:draft>/progress", views.progress_of, name="progress"),
]
