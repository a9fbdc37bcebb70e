"""What core refuses, as the API says it: one literal table from exceptions to status and code."""

from __future__ import annotations

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
from tongpin.web.api.door import FaultAt, Problem, Refused

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
    NotReady: (409, "import_not_ready"),
    NotNow: (409, "import_not_now"),
    TooLate: (409, "import_too_late"),
    TooLarge: (413, "file_too_large"),
    NoRoom: (409, "no_room"),
    MappingProblem: (422, "mapping_unusable"),
    BadMark: (422, "mark_unreadable"),
}
"""Their texts say what to do and never hold what was given."""

UNKNOWN = Refused(404, "not_found", "there is nothing at this address that this token may see")


def add_faults(api: NinjaAPI) -> None:
    """Makes the API answer with a Problem whatever goes wrong, but for crashes."""

    def refuse(request: HttpRequest, refused: Any) -> HttpResponse:
        problem = Problem(code=refused.code, message=refused.message)
        answer: HttpResponse = api.create_response(request, problem.model_dump(), status=refused.status)
        if refused.wait is not None:
            answer["Retry-After"] = str(refused.wait)
        if refused.status == 401:
            answer["WWW-Authenticate"] = "Bearer"
        return answer

    def of_core(request: HttpRequest, error: Any) -> HttpResponse:
        status, code = next(FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS)
        return refuse(request, Refused(status, code, str(error)))

    def not_signed_in(request: HttpRequest, _: Any) -> HttpResponse:
        return refuse(request, Refused(401, "token_missing", "send `Authorization: Bearer <token>`"))

    def not_understood(request: HttpRequest, _: Any) -> HttpResponse:
        return refuse(request, Refused(400, "not_understood", "the body is not the JSON or form that is wanted"))

    def too_large(request: HttpRequest, _: Any) -> HttpResponse:
        return refuse(request, Refused(413, "too_large", "the body is larger than what is taken here"))

    def not_valid(request: HttpRequest, error: Any) -> HttpResponse:
        faults = [
            FaultAt(
                where=".".join(str(part) for part in one["loc"] if part not in ("payload",)), message=str(one["msg"])
            )
            for one in error.errors[:20]
        ]
        problem = Problem(
            code="not_valid", message="some of what was given cannot be used; nothing was changed", faults=faults
        )
        answer: HttpResponse = api.create_response(request, problem.model_dump(), status=422)
        return answer

    def not_there(request: HttpRequest, _: Any) -> HttpResponse:
        return refuse(request, UNKNOWN)

    for kind in FAULTS:
        api.add_exception_handler(kind, of_core)
    api.add_exception_handler(Refused, refuse)
    api.add_exception_handler(AuthenticationError, not_signed_in)
    for wrong in (HttpError, BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        api.add_exception_handler(wrong, not_understood)
    api.add_exception_handler(RequestDataTooBig, too_large)
    api.add_exception_handler(ValidationError, not_valid)
    api.add_exception_handler(Http404, not_there)
