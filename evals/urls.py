"""Pages of the admin that are no model's."""

from django.contrib import admin
from django.urls import path

from evals.admin.lab import lab_view

app_name = "evals"
urlpatterns = [path("lab/", admin.site.admin_view(lab_view), name="lab")]
