"""A shop's API on a real local server: pages, failures, repetitions, nonsense."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Order = dict[str, Any]


def orders(*numbers: int, day: str = "2026-11-22") -> list[Order]:
    """Orders as this shop tells them."""
    return [
        {
            "id": f"E{n}",
            "at": f"{day} 0{n % 8}:00:00",
            "buyer": {"tel": f"138{n:08}", "nick": f"买家{n}"},
            "paid": f"{n}.50",
        }
        for n in numbers
    ]


MAPPING = {
    "id": "order_number",
    "at": "happened_at",
    "buyer.tel": "phone",
    "buyer.nick": "nickname",
    "paid": "paid_yuan",
}


class Shop:
    """Lists its orders page by page. `faults` are given away before the next good answers, one each."""

    def __init__(self, server: HTTPServer, listed: list[Order], *, size: int = 2, how: str = "cursor") -> None:
        self.listed, self.size, self.how = listed, size, how
        self.faults: list[Callable[[Request], Response]] = []
        self.asked: list[str] = []
        self.tokens: list[str | None] = []
        self.address = server.url_for("/orders")
        server.expect_request("/orders").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        """One page."""
        self.asked.append(request.query_string.decode())
        self.tokens.append(request.headers.get("Authorization"))
        if self.faults:
            return self.faults.pop(0)(request)
        begin = int(request.args.get("after") or 0)
        if self.how == "number":
            begin = (int(request.args.get("page") or 1) - 1) * self.size
        page = self.listed[begin : begin + self.size]
        more = begin + self.size < len(self.listed)
        told: dict[str, Any] = {"data": {"list": page}}
        if more and self.how == "cursor":
            told["next"] = str(begin + self.size)
        if more and self.how == "link":
            told["next"] = f"/orders?after={begin + self.size}"
        return Response(json.dumps(told), content_type="application/json")


def saying(status: int, body: bytes | str = b"", **headers: str) -> Callable[[Request], Response]:
    """A fault: this answer, whatever was asked."""
    return lambda request: Response(body, status=status, headers=headers)
