"""Pages of the admin that are no model's."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path


def lab(request: HttpRequest) -> HttpResponse:
    """The prompt lab."""
    # What it stands on takes seconds to import, and most processes never show it.
    from evals.admin.lab import lab_view

    return lab_view(request)


app_name = "evals"
urlpatterns = [path("lab/", admin.site.admin_view(lab), name="lab")]
