"""The site as production serves it, with the baseline's addresses added."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trova.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "trova.bench.baseline"
application = get_wsgi_application()
