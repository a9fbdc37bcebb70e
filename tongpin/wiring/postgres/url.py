"""DATABASE_URL, for those who bring a server of their own."""

import re
from urllib.parse import unquote, urlsplit

OLDEST = 15

# What libpq knows that makes sense in an address (its manual, "Parameter Key Words").
_KNOWN = frozenset(
    """
    application_name channel_binding client_encoding connect_timeout dbname fallback_application_name gssdelegation
    gssencmode gsslib host hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname
    load_balance_hosts options passfile password port require_auth requirepeer service sslcert sslcertmode
    sslcompression sslcrl sslcrldir sslkey sslkeylogfile sslmode sslnegotiation sslpassword sslrootcert sslsni
    ssl_max_protocol_version ssl_min_protocol_version target_session_attrs tcp_user_timeout user
    """.split()
)
_SHAPE = "postgresql://user:password@host:5432/database"


class BadDatabaseURL(ValueError):
    """DATABASE_URL cannot be read. The text never repeats it: it holds a password."""


def database(url: str) -> dict[str, str]:
    """The libpq parameters of an address, as libpq itself would read it; raises BadDatabaseURL."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise BadDatabaseURL(f"DATABASE_URL is not an address. Its shape is {_SHAPE}.")
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadDatabaseURL(f"DATABASE_URL must begin with postgresql://, as in {_SHAPE}.")
    if parts.fragment or re.search(r"%(?![0-9A-Fa-f]{2})|\s|%00", url.strip()):
        raise BadDatabaseURL(f"DATABASE_URL: write special characters as %XX (# is %23). Its shape is {_SHAPE}.")
    found: dict[str, str] = {}
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    names, ports = _hosts(hosts)
    plain = {"user": user, "password": password, "host": names, "port": ports, "dbname": parts.path.removeprefix("/")}
    found.update({name: unquote(value) for name, value in plain.items() if value})
    for pair in parts.query.split("&") if parts.query else []:
        name, equals, value = pair.partition("=")
        name = {"ssl": "sslmode"}.get(unquote(name), unquote(name))
        if name not in _KNOWN or not equals:
            raise BadDatabaseURL(f"DATABASE_URL: {name!r} is no setting of a PostgreSQL connection.")
        if name == "sslmode" and value == "true":
            value = "require"
        found[name] = unquote(value)
    if not found.get("dbname"):
        raise BadDatabaseURL(f"DATABASE_URL names no database. Its shape is {_SHAPE}.")
    return found


def _hosts(text: str) -> tuple[str, str]:
    """`a:1,b:2` as `a,b` and `1,2`; brackets of IPv6 addresses go."""
    names, ports = [], []
    for part in text.split(","):
        matched = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]*))(?::(\d*))?", part)
        if matched is None or not 0 <= int(matched[3] or 0) <= 65535:
            raise BadDatabaseURL(f"DATABASE_URL: the host or port cannot be read. Its shape is {_SHAPE}.")
        names.append(matched[1] or matched[2] or "")
        ports.append(matched[3] or "")
    return ",".join(names), ",".join(ports)
