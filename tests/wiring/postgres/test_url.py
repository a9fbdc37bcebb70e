from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from tests.examples import examples
from tongpin.wiring.postgres import BadDatabaseURL, database

plain = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x9FFF, exclude_categories=["Cs"]), min_size=1, max_size=12
)
hosts = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)
ports = st.one_of(st.none(), st.integers(1, 65535))


@settings(max_examples=examples(50))
@given(
    user=plain,
    password=plain,
    places=st.lists(st.tuples(hosts, ports), min_size=1, max_size=3),
    dbname=plain,
    mode=st.sampled_from(
        ["", "?sslmode=require", "?connect_timeout=5&application_name=%E5%90%8C%E9%A2%91", "?ssl=true"]
    ),
)
def test_an_address_is_read_as_libpq_reads_it(
    user: str, password: str, places: list[tuple[str, int | None]], dbname: str, mode: str
) -> None:
    where = ",".join(host if port is None else f"{host}:{port}" for host, port in places)
    url = f"postgresql://{quote(user, '')}:{quote(password, '')}@{where}/{quote(dbname, '')}{mode}"
    assert database(url) == conninfo_to_dict(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgres:///tongpin?host=/run/postgresql",
        "postgresql://ann@[::1]:5433/tongpin",
        "postgresql://ann@%2Frun%2Fpg/tongpin",
        "postgresql:///tongpin?user=ann&password=a%20b",
        "postgresql://ann:a:b@h/tongpin",
    ],
)
def test_the_less_common_shapes_are_read_as_libpq_reads_them(url: str) -> None:
    assert database(url) == conninfo_to_dict(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "must begin with postgresql://"),
        ("mysql://ann:geheim@h/tongpin", "must begin with postgresql://"),
        ("postgresql://ann:geheim@h", "names no database"),
        ("postgresql://ann:geheim@h/", "names no database"),
        ("postgresql://ann:geheim@h:99999/tongpin", "host or port"),
        ("postgresql://ann:geheim@h:port/tongpin", "host or port"),
        ("postgresql://ann:geheim#1@h/tongpin", "write special characters as %XX"),
        ("postgresql://ann:geheim%zz@h/tongpin", "write special characters as %XX"),
        ("postgresql://ann:geheim x@h/tongpin", "write special characters as %XX"),
        ("postgresql://ann:geheim@[h/tongpin", "is not an address"),
        ("postgresql://ann:geheim@h/tongpin?sslmod=require", "'sslmod' is no setting"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_the_password(url: str, reason: str) -> None:
    with pytest.raises(BadDatabaseURL) as refused:
        database(url)
    assert reason in str(refused.value)
    assert "geheim" not in str(refused.value)
