"""Every setting of the project, on one page. Values come from the environment; `.env.example` documents each.

A setting that cannot work raises `ImproperlyConfigured` here, at start, with its name.
"""

import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from trova import embedded
from trova.environment import checked_url, env, positive, switch, text_search

django_stubs_ext.monkeypatch()

BASE_DIR: Final = Path(__file__).resolve().parent.parent
env.read_env(BASE_DIR / ".env")

# What kind of run this is
DEBUG = switch("DEBUG")
DEMO = switch("TROVA_DEMO")  # one machine, plain http, localhost only, sample photos, readable mail
TESTING = "pytest" in sys.modules
LOCAL = DEBUG or DEMO or TESTING

# Where things are kept
DATA_DIR = Path(env.str("TROVA_DATA", default="") or BASE_DIR / (".data/tests" if TESTING else ".data"))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or DATA_DIR / "media")
SAMPLE_PHOTOS = BASE_DIR / "trova" / "demo" / "samples" if LOCAL else None

# Secrets and hosts
SECRET_KEY = env.str("SECRET_KEY", default="") or (
    "not a secret: local runs only, on localhost" if LOCAL else ""
)
if not (LOCAL or len(SECRET_KEY) >= 50):
    raise ImproperlyConfigured("SECRET_KEY must be set: at least 50 random characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "testserver"] if LOCAL else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must be set: the site's host names, separated by commas.")
SITE_URL = checked_url(
    "SITE_URL",
    {"http", "https"} if LOCAL else {"https"},
    f"http://localhost:{env.str('PORT', default='8000')}" if LOCAL else "",
).rstrip("/")
if not SITE_URL:
    raise ImproperlyConfigured("SITE_URL must be set: where the site is, like https://trova.example.")
CSRF_TRUSTED_ORIGINS = [] if LOCAL else [SITE_URL]
CSRF_FAILURE_VIEW = "listings.form_views.page_expired"

# PostgreSQL: the only database; also sessions, rate limits and counters
DATABASE_SCHEMES = {"postgres", "postgresql"}
DATABASE_URL = checked_url("DATABASE_URL", DATABASE_SCHEMES, "")
DATABASE_DIRECT_URL = checked_url("DATABASE_DIRECT_URL", DATABASE_SCHEMES, DATABASE_URL)  # around a pooler
DATABASES: dict[str, Any] = {
    "default": env.db_url_config(DATABASE_URL or embedded.database_url(DATA_DIR))
    | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
if not TESTING:  # a pool would keep test databases from being dropped
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {  # holds what sign-ins are limited by, so no traffic may push it out: a sweep removes what expired
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": sys.maxsize},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Redis: the doorbell of the workers and nothing else; only the ringer and the workers talk to it
REDIS_URL = checked_url("REDIS_URL", {"redis", "rediss", "unix", "redis+socket"}, "") or embedded.redis_url(
    DATA_DIR
)
WORKER_SLOTS = positive("WORKER_SLOTS", 64)  # threads of one worker
MAIL_SLOTS = min(4, -(-WORKER_SLOTS // 4))  # so a mail server that hangs leaves most to the suggestions
EVAL_SLOTS = 1  # runs are long: one at a time, and its calls have threads of their own
DOORBELLS = {  # queue: (task, how many rows are due, what each sweep mends, how many rings may wait)
    "prefill": ("aiprefill.tasks.prefill", "aiprefill.jobs.due_count", "aiprefill.jobs.sweep", WORKER_SLOTS),
    "mail": ("listings.tasks.deliver_mail", "listings.mail.due_count", "listings.actions.sweep", MAIL_SLOTS),
    "evals": ("evals.tasks.evaluate", "evals.runner.due_count", "evals.runner.sweep", EVAL_SLOTS),
}

# The model provider. Neither key nor URL: nothing is connected, and the catalogue answers what it knows
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = checked_url("OPENAI_BASE_URL", {"http", "https"}, "")
OPENAI_MODEL = env.str("OPENAI_MODEL", default="")  # read by `manage.py first_prompt` alone

# Limits of the suggestions
PREFILL_DAY_BUDGET_MICROS = positive("PREFILL_DAY_BUDGET_MICROS", 20_000_000)  # micro-dollars a UTC day
PREFILL_CALL_RESERVE_MICROS = positive("PREFILL_CALL_RESERVE_MICROS", 60_000)  # set aside before each call
PREFILL_JOBS_A_DAY_ANONYMOUS = positive("PREFILL_JOBS_A_DAY_ANONYMOUS", 5)
PREFILL_JOBS_A_DAY_ACCOUNT = positive("PREFILL_JOBS_A_DAY_ACCOUNT", 30)
# Of all browsers behind one IP address, signed out. A household stays far below, and so does a school where
# 30 pupils try it three times each; 100 calls set aside 6 of the 20 dollars above: no script spends the day.
PREFILL_JOBS_A_DAY_ADDRESS = positive("PREFILL_JOBS_A_DAY_ADDRESS", 100)
PREFILL_DEADLINE_SECONDS = positive("PREFILL_DEADLINE_SECONDS", 90)
PREFILL_CALL_SECONDS = positive("PREFILL_CALL_SECONDS", 30)
PREFILL_LEASE_SECONDS = positive("PREFILL_LEASE_SECONDS", 12)

# The web server, and what programs may do
WEB_THREADS = positive("WEB_THREADS", 4)  # of one web process: a quarter of them may wait for a reading
API_WRITES_AN_HOUR = positive("API_WRITES_AN_HOUR", 120)  # of one account

# What one IP address may start, report and leave as a message in a UTC day, signed out: so often each
ANONYMOUS_ACTS_A_DAY = positive("ANONYMOUS_ACTS_A_DAY", 300)  # as below: a whole school's worth

# What time does to listings and drafts
LISTING_DAYS = positive("LISTING_DAYS", 60)
EXPIRY_NOTICE_DAYS = positive("EXPIRY_NOTICE_DAYS", 3)
ENDED_LISTING_DAYS = positive("ENDED_LISTING_DAYS", 14)  # how long the page of a sold one stays
ABANDONED_DRAFT_DAYS = positive("ABANDONED_DRAFT_DAYS", 7)

# Mail: everything goes through the outbox table; the worker delivers by MAIL_URL
EMAIL_BACKEND = "listings.mail.OutboxBackend"
MAIL_URL = env.str("MAIL_URL", default="dummymail://" if LOCAL else "")
if not MAIL_URL:
    raise ImproperlyConfigured("MAIL_URL must be set, like smtp+tls://user:password@host:587.")
try:
    DELIVERY = env.email_url_config(MAIL_URL)
except (KeyError, ValueError, ImproperlyConfigured) as error:
    raise ImproperlyConfigured(
        "MAIL_URL must be a mail URL, like smtp+tls://user:password@host:587."
    ) from error
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Trova <hello@localhost>")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1] or not DEFAULT_FROM_EMAIL.isprintable():
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be an address, like Trova <hello@trova.example>.")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Where selling starts, and goes on with a draft; without these pages, the marketplace's own forms
START_PAGE = "aiprefill:start"
SHARE_PAGE = "aiprefill:share"
DRAFT_PAGE = "aiprefill:draft"

# Uploads and photos
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_HANDLERS = ["listings.uploads.BoundedUploadHandler"]
PHOTOS_X_ACCEL = switch("PHOTOS_X_ACCEL")  # let the proxy send the bytes of photos from /_media/

# Applications
INSTALLED_APPS = [
    "trova",
    "evals",
    "aiprefill",
    "listings",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",  # the templates of its widgets, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "ninja",  # the viewer of the API's description
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before static files, which take the same headers.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trova.api_errors.in_one_shape",
    "trova.private.keep_nothing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "trova.urls"
WSGI_APPLICATION = "trova.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trova.context.site",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Accounts: e-mail and a code; a password is optional, later
AUTH_USER_MODEL = "listings.Seller"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "trova.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # without the second, signing in takes no password either
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_FORMS = {
    "request_login_code": "trova.sign_in.AddressForm",  # signs up whoever is new
    "confirm_email_verification_code": "trova.sign_in.NewAddressForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
ALLAUTH_TRUSTED_PROXY_COUNT = 0 if LOCAL else positive("TRUSTED_PROXY_COUNT", 1)

# Security headers and cookies
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
COOKIES_SECURE = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
COOKIE_PREFIX = "__Host-" if COOKIES_SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
UNIT_COOKIE_NAME = f"{COOKIE_PREFIX}unit"
if not LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# Static files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if TESTING:
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "trova" / "locale"]
USE_I18N = USE_TZ = True
SEARCH_CONFIG = text_search("SEARCH_CONFIG", "english")  # how words are stemmed; `manage.py reindex_search`
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Berlin")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured("TIME_ZONE must be a name like Europe/Berlin.")

# Logs: ids, never contents
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {name: {"level": "WARNING"} for name in ("openai", "httpx2", "httpcore2", "PIL")}
    | {"django.server": {"level": "WARNING"}},
}
