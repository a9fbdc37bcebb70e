"""`/f/<name>`: pictures and recordings, for whoever knows the name, which nobody can guess.

What is served was drawn and recorded by us, and the browser is told to run nothing in it: no session is looked at, and
where somebody types the address, the page is a sandbox of its own.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongpin.core.files.queries import FileSeen, file_seen, read, thumbnail
from tongpin.web.look.gate import open_to_all

_OPEN: Final = open_to_all(
    reason="a file's name is a secret of 160 bits; share cards are fetched by strangers' servers"
)
_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_YEAR: Final = 31_536_000


@_OPEN
@require_safe
def whole(request: HttpRequest, name: str) -> HttpResponse:
    """A picture or a recording; parts of it where a player asks for parts."""
    seen = _known(name)
    return _answer(request, seen, read(name=name), mark=name)


@_OPEN
@require_safe
def small(request: HttpRequest, name: str) -> HttpResponse:
    """The small picture of a picture."""
    seen = _known(name)
    if seen.kind != "picture":
        raise Http404
    return _answer(request, seen, thumbnail(name=name), mark=f"{name}-small")


def _known(name: str) -> FileSeen:
    # A row, not the folder, says that it is still to be seen: what somebody took back is gone at once.
    seen = file_seen(name=name)
    if seen is None:
        raise Http404
    return seen


def _answer(request: HttpRequest, seen: FileSeen, content: bytes | None, *, mark: str) -> HttpResponse:
    if content is None:
        raise Http404
    tag = f'"{mark}"'
    if tag in request.headers.get("If-None-Match", "").replace("W/", "").split(", "):
        return _headed(HttpResponse(status=304), seen, tag)
    part = _part(request, len(content), tag)
    if part is None:
        return _headed(HttpResponse(content, content_type=seen.media_type), seen, tag)
    if not part:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{len(content)}"
        return answer
    answer = HttpResponse(content[part.start : part.stop], status=206, content_type=seen.media_type)
    answer["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(content)}"
    return _headed(answer, seen, tag)


def _part(request: HttpRequest, size: int, tag: str) -> range | None:
    """Which bytes are asked for: None for all, an empty range for what cannot be. Several parts at once: all."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or not asked or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = asked.groups()
    if first:
        return range(int(first), min(int(last or size) + 1, size)) if not last or int(last) >= int(first) else None
    return range(max(size - int(last), 0), size) if last else None


def _headed(answer: HttpResponse, seen: FileSeen, tag: str) -> HttpResponse:
    # What a person gave is kept by their own browser only, so that erasing it leaves no copy on servers between.
    whose = "private" if seen.personal else "public"
    answer["Cache-Control"] = f"{whose}, max-age={_YEAR}, immutable"
    answer["ETag"] = tag
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    answer["X-Robots-Tag"] = "noindex"
    return answer
