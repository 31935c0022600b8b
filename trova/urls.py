"""Where everything is."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from trova import account_admin, views
from trova.api import api

admin.autodiscover()
account_admin.replace_admins()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth limits the tries

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/evals/", include("evals.urls")),  # before the admin, which answers all that is below it
    path("admin/", admin.site.urls),
    # One way in: the page for the code signs up whoever is new.
    path(
        "account/signup/", RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)
    ),
    path("account/", include("allauth.urls")),
    path("health", views.health, name="health"),
    path("theme/", views.set_theme, name="theme"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("api/", api.urls),
    path("", include("aiprefill.urls")),
    path("", include("listings.urls")),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/mail/", views.demo_mail, name="demo_mail"))
