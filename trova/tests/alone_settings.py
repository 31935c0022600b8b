"""The project with the marketplace alone: no suggestions, no evaluation."""

from trova.settings import *  # noqa: F403  # every setting of the project, but two

INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in {"aiprefill", "evals"}]  # noqa: F405
ROOT_URLCONF = "trova.tests.alone_urls"
SECRET_KEY = "of a test"
EMAIL_BACKEND = "listings.mail.OutboxBackend"
ALLOWED_HOSTS = ["testserver"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
