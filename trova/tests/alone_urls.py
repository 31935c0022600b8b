"""Where everything is when the marketplace stands alone."""

from django.urls import include, path

from trova import views

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("theme/", views.set_theme, name="theme"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
    path("", include("listings.urls")),
]
