"""All settings, one file. Helpers refuse nonsense aloud instead of starting with it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

from tongpin.wiring.home import home


def text(name: str, default: str = "") -> str:
    """An environment variable as text."""
    return os.environ.get(name, default).strip()


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """An environment variable as a whole number between two bounds."""
    raw = text(name, str(default))
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise ImproperlyConfigured(f"{name}={raw!r}: give a whole number from {low} to {high}")
    return int(raw)


def yes(name: str, default: bool = False) -> bool:
    """An environment variable as yes or no."""
    raw = text(name, "yes" if default else "no").lower()
    if raw not in {"yes", "no", "true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name}={raw!r}: say yes or no")
    return raw in {"yes", "true", "1"}


def zone(name: str, default: str) -> str:
    """An environment variable as a time zone's name."""
    raw = text(name, default)
    try:
        ZoneInfo(raw)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: no such time zone; an example is Asia/Shanghai") from error
    return raw


def database(name: str) -> dict[str, Any]:
    """A PostgreSQL address as Django wants it; without one, the product's own server in the home folder."""
    from tongpin.wiring import postgres  # noqa: PLC0415 - settings are also read where no database is meant

    raw = text(name)
    try:
        parameters = postgres.database(raw) if raw else postgres.Cluster(home()).parameters(role="app")
    except postgres.BadDatabaseURL as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    more = {k: v for k, v in parameters.items() if k not in {"dbname", "user", "password", "host", "port"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters["dbname"],
        "USER": parameters.get("user", ""),
        "PASSWORD": parameters.get("password", ""),
        "HOST": parameters.get("host", ""),
        "PORT": parameters.get("port", ""),
        "OPTIONS": {
            **more,
            "application_name": f"tongpin {os.getpid()}",
            "pool": {"min_size": 1, "max_size": POOL, "timeout": 10, "max_idle": 60},
            "options": "-c timezone=UTC",
        },
        # One empty round trip before each use: after PostgreSQL was restarted the pool holds dead connections.
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }


def secret(folder: Path) -> str:
    """The key that signs sessions: from the environment, or made once and kept 0600 beside the other keys."""
    given = text("TONGPIN_SECRET_KEY")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured("TONGPIN_SECRET_KEY: give at least 32 characters")
        return given
    path = folder / "session.key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text()


BASE = Path(__file__).resolve().parent.parent
HOME = home().root
KEY_FILE = Path(text("TONGPIN_KEY_FILE") or HOME / "keys" / "personal.keys")
FILES = Path(text("TONGPIN_FILES") or HOME / "files")
IMPORTS = HOME / "imports"
LAKE = HOME / "lake"
BACKUPS = Path(text("TONGPIN_BACKUPS") or HOME / "backups")
ERASED_LIST = HOME / "keys" / "erased.list"

COMMISSION_GENERATIONS = whole("TONGPIN_COMMISSION_GENERATIONS", 1, low=1, high=2)
"""How many levels earn on a sale. Two stands behind a lawyer's word; more is a crime in China (禁止传销条例)."""

POSTER_FONT = text("TONGPIN_POSTER_FONT")

DEBUG = yes("TONGPIN_DEBUG")
SECRET_KEY = secret(HOME / "keys")
PUBLIC_URL = text("TONGPIN_URL", "http://127.0.0.1:8000")
if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not urlsplit(PUBLIC_URL).hostname:
    raise ImproperlyConfigured("TONGPIN_URL: give the address people type, such as https://shop.example.com")
SECURE = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = [
    *{str(urlsplit(PUBLIC_URL).hostname), "127.0.0.1", "localhost", "[::1]"},
    *(h for h in text("TONGPIN_HOSTS").split(",") if h),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "tongpin.web.look.errors.csrf_failure"
POOL = whole("TONGPIN_POOL", 8, low=1, high=100)
ZONE = zone("TONGPIN_ZONE", "Asia/Shanghai")
LIVE_URL = text("TONGPIN_LIVE_URL", "http://127.0.0.1:8001")
BACKUP_HOUR = whole("TONGPIN_BACKUP_HOUR", 4, low=0, high=23)
BACKUP_KEEP = whole("TONGPIN_BACKUP_KEEP", 14, low=1, high=3650)
IMPORT_LIMIT_MB = whole("TONGPIN_IMPORT_LIMIT_MB", 2048, low=1, high=100_000)
EGRESS_ALLOWED = [one for one in text("TONGPIN_EGRESS_ALLOWED").replace(" ", "").split(",") if one]
"""The house's own servers that may be fetched from although they are private, as host or host:port, by commas."""
if any("/" in one for one in EGRESS_ALLOWED):
    raise ImproperlyConfigured("TONGPIN_EGRESS_ALLOWED: give host or host:port without http://, by commas")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "axes",
    "django_htmx",
    "tongpin.core.ledger",
    "tongpin.core.team",
    "tongpin.core.files",
    "tongpin.core.books",
    "tongpin.core.money",
    "tongpin.core.goods",
    "tongpin.core.figures",
    "tongpin.core.people",
    "tongpin.core.audiences",
    "tongpin.core.places",
    "tongpin.core.intake",
    "tongpin.core.sending",
    "tongpin.loop.gather",
    "tongpin.loop.give",
    "tongpin.loop.sell",
    "tongpin.loop.share",
    "tongpin.web.look",
    "tongpin.web.console",
    "tongpin.web.api",
    "tongpin.web.track",
    "tongpin.web.hooks",
    "tongpin.web.member",
    "tongpin.wiring",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongpin.web.look.gate.GateMiddleware",
    # Behind the gate: looking for its token it reads the body, and a stranger's body is not read.
    "django.middleware.csrf.CsrfViewMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tongpin.wiring.urls"
ASGI_APPLICATION = "tongpin.wiring.asgi.application"
WSGI_APPLICATION = "tongpin.wiring.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tongpin.web.look.context.shell",
            ],
            "builtins": ["tongpin.web.look.templatetags.look"],
        },
    }
]
DATABASES = {"default": database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "team.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "tongpin.core.team.entry.StaffBackend"]
PASSWORD_HASHERS = [
    "tongpin.core.team.passwords.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "console:sign_in"
MEMBER_BEGIN = "member:begin"
"""Where a phone without a session is sent."""
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "tongpin.web.console.entry.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password", "code", "login", "next", "csrfmiddlewaretoken"]
AXES_CLIENT_IP_CALLABLE = "tongpin.web.look.gate.client_address"
# Trying while locked out must not move the opening time that the page promised.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
SILENCED_SYSTEM_CHECKS = ["axes.W001"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "web" / "look" / "locale"]
LANGUAGE_COOKIE_NAME = "tongpin_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = ZONE

STATIC_URL = "static/"
STATIC_ROOT = Path(text("TONGPIN_STATIC") or HOME / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": text("TONGPIN_STATIC_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

SESSION_COOKIE_NAME = "tongpin_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86400
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if yes("TONGPIN_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", LIVE_URL],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(IMPORTS / "uploads") if (IMPORTS / "uploads").is_dir() else None
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "tongpin.wiring.discreet.Discreet",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tongpin": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "CRITICAL"},
    },
}
