"""What core refuses, as the API says it: one literal table from exceptions to status and code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tongpin.channels.sheet.recognise import MappingProblem
from tongpin.core.intake.actions import NotNow, NotReady, TooLate
from tongpin.core.intake.uploads import NoRoom, TooLarge
from tongpin.core.people.labels import Empty, TagHasRule
from tongpin.core.people.meeting import NothingKnown, SignOfErased, SignTaken
from tongpin.core.people.merging import AlreadyOne, MergeUnknown, SuggestionDecided
from tongpin.core.people.privacy import NothingToShow
from tongpin.core.people.roots import PersonIsErased, PersonUnknown
from tongpin.core.people.signs import BadSign
from tongpin.web.api.cursors import BadMark
from tongpin.web.api.door import FaultAt, NotHere, Problem, Refused

FAULTS: dict[type[Exception], tuple[int, str]] = {
    PersonUnknown: (404, "person_unknown"),
    PersonIsErased: (409, "person_erased"),
    NothingKnown: (422, "nothing_known"),
    SignOfErased: (409, "sign_of_erased"),
    SignTaken: (409, "identity_taken"),
    BadSign: (422, "identity_unreadable"),
    TagHasRule: (409, "tag_has_rule"),
    Empty: (422, "empty"),
    NothingToShow: (404, "nothing_to_show"),
    AlreadyOne: (409, "already_one"),
    MergeUnknown: (409, "merge_taken_back"),
    SuggestionDecided: (409, "suggestion_decided"),
    NotNow: (409, "import_not_now"),
    TooLate: (409, "import_too_late"),
    TooLarge: (413, "file_too_large"),
    NoRoom: (409, "no_room"),
    BadMark: (422, "mark_unreadable"),
}
"""Their texts say what to do and never hold what was given."""


def _of_core(error: Any) -> tuple[int, Problem]:
    status, code = next(FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS)
    return status, Problem(code=code, message=str(error))


def _not_valid(error: Any) -> tuple[int, Problem]:
    faults = [
        FaultAt(
            where=".".join(str(part) for part in one["loc"] if part not in ("payload",)),
            message=str(one["msg"]).removeprefix("Value error, "),
        )
        for one in error.errors[:20]
    ]
    text = "some of what was given cannot be used; nothing was changed"
    return 422, Problem(code="not_valid", message=text, faults=faults)


def _not_mapped(error: Any) -> tuple[int, Problem]:
    return 422, Problem(
        code="mapping_unusable",
        message="`mapping` names a column or a meaning that does not exist: correct it and describe again",
        faults=[FaultAt(where=f"body.mapping.{error.key}"[:200], message="no such column, or no such meaning")],
    )


def _not_ready(error: Any) -> tuple[int, Problem]:
    lacking = f" ({error})" if str(error).isidentifier() else ""
    text = f"this file cannot be started as it is{lacking}: describe it until `needs` is empty"
    return 409, Problem(code="import_not_ready", message=text)


def _always(status: int, code: str, message: str) -> Callable[[Any], tuple[int, Problem]]:
    return lambda error: (status, Problem(code=code, message=message))


_not_understood = _always(400, "not_understood", "the body is not the JSON or form that is wanted")
_ANSWERS: dict[type[Exception], Callable[[Any], tuple[int, Problem]]] = {
    MappingProblem: _not_mapped,
    NotReady: _not_ready,
    **dict.fromkeys(FAULTS, _of_core),
    AuthenticationError: _always(401, "token_missing", "send `Authorization: Bearer <token>`"),
    HttpError: _not_understood,
    BadRequest: _not_understood,
    SuspiciousOperation: _not_understood,
    MultiPartParserError: _not_understood,
    UnreadablePostError: _not_understood,
    RequestDataTooBig: _always(413, "too_large", "the body is larger than what is taken here"),
    ValidationError: _not_valid,
    Http404: lambda error: (NotHere().status, Problem(code=NotHere().code, message=NotHere().message)),
}


def add_faults(api: NinjaAPI) -> None:
    """Makes the API answer with a Problem whatever goes wrong, but for crashes."""

    def answered(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
        answer: HttpResponse = api.create_response(request, problem.model_dump(), status=status)
        if status == 401:
            answer["WWW-Authenticate"] = "Bearer"
        return answer

    def refuse(request: HttpRequest, refused: Any) -> HttpResponse:
        answer = answered(request, refused.status, Problem(code=refused.code, message=refused.message))
        if refused.wait is not None:
            answer["Retry-After"] = str(refused.wait)
        return answer

    def handler(worded: Callable[[Any], tuple[int, Problem]]) -> Callable[[HttpRequest, Any], HttpResponse]:
        return lambda request, error: answered(request, *worded(error))

    api.add_exception_handler(Refused, refuse)
    for kind, worded in _ANSWERS.items():
        api.add_exception_handler(kind, handler(worded))
