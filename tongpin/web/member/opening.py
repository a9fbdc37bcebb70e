"""Following a tracked link or its QR code: it is counted, remembered as the way somebody came, and leads on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.places.codes import CodeSeen, CodeUnknown, find_code, open_code
from tongpin.loop.gather.entrances.queries import entrance_seen
from tongpin.loop.give.talks.queries import talk_page
from tongpin.web.look.gate import member_of, open_to_all
from tongpin.web.member.session import keep_way
from tongpin.web.member.share_targets import page_of


@open_to_all(reason="a printed code or a shared link must open for whoever holds it")
@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Counts an opening and goes to what the code is for. HEAD (link previews) counts nothing."""
    try:
        held = find_code(code=code) if request.method == "HEAD" else None
        if held is None:
            held = open_code(code=code, person_id=member_of(request), at=present()).code
    except CodeUnknown:
        return render(request, "member/no_link.html", status=404)
    target = _target(held)
    if target is None:
        return render(request, "member/no_link.html", status=410)
    answer = redirect(target)
    keep_way(answer, code_id=held.id)
    answer["Cache-Control"] = "no-store"
    return answer


def _target(code: CodeSeen) -> str | None:
    if code.target_kind == "entrance":
        entrance = entrance_seen(entrance_id=code.target)
        return reverse("member:community", args=[entrance.community_id]) if entrance else None
    if code.target_kind == "group_buy":
        return reverse("member:group", args=[code.target])
    if code.target_kind == "talk":
        talk = talk_page(talk_id=code.target)
        return reverse("member:talk", args=[talk.live_code]) if talk and talk.state != "draft" else None
    return page_of(code.target_kind, code.target)
