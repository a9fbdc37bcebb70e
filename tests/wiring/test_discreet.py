"""Log lines tell where something went wrong and never what somebody typed or which link they used."""

from __future__ import annotations

import logging
import sys

from django.test import RequestFactory
from django.urls import ResolverMatch

from tongpin.wiring.discreet import Discreet

LINE = Discreet("{levelname} {name}: {message}", style="{")


def written(message: str, *arguments: object, **more: object) -> str:
    record = logging.LogRecord("django.request", logging.ERROR, "here.py", 1, message, arguments, None)
    record.__dict__.update(more)
    return LINE.format(record)


def test_of_a_request_its_method_and_route_are_told_and_not_its_address() -> None:
    request = RequestFactory().post("/owner/b1j7krccttpf85kqgsrnx222hy/?q=13812342716")
    request.resolver_match = ResolverMatch(lambda: None, (), {}, route="owner/<str:token>/")
    told = written("Internal Server Error: %s", request.path, request=request, status_code=500)
    assert told == "ERROR django.request: 500 POST /owner/<str:token>/"
    request.resolver_match = None
    told = written("Not Found: %s", request.path, request=request, status_code=404)
    assert told == "ERROR django.request: 404 POST an address that is not ours"


def test_of_an_error_its_type_and_place_are_told_and_not_its_text() -> None:
    try:
        try:
            int("call 13812342716")
        except ValueError as error:
            raise KeyError("林小美") from error
    except KeyError:
        told = written("broke off", exc_info=sys.exc_info())
    assert "builtins.KeyError" in told
    assert "builtins.ValueError" in told
    assert "test_discreet.py:" in told
    assert [value for value in ("13812342716", "林小美") if value in told] == []


def test_a_plain_line_stays_as_it_is() -> None:
    assert written("backup written: %s", "a.tar") == "ERROR django.request: backup written: a.tar"
