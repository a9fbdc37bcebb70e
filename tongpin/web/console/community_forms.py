"""Forms of a community: the canvas, the charter, the questions, the welcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.loop.gather.admission.rules import MOST_CHOICES, MOST_QUESTIONS, Question
from tongpin.loop.gather.charter.rules import MOST_LINES, MOST_RULES, ROLES, Charter
from tongpin.loop.gather.ground import PARAGRAPH, SENTENCE, sentence, sentences
from tongpin.loop.gather.positioning.rules import CODED, WORDS, Canvas
from tongpin.loop.gather.welcome.rules import STEPS, Step
from tongpin.web.console.community_words import KINDS, MOTIVES, PARTS, TIES, code_word

MOTIVE_FIELDS = ("motive1", "motive2", "motive3")


def _text(label: object, *, rows: int, required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=PARAGRAPH, required=required, widget=area)  # type: ignore[arg-type]


class PositioningForm(forms.Form):
    """The canvas (定位画布). What members do together is asked; the rest can come later."""

    kinds = forms.MultipleChoiceField(required=False, choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple)
    tie = forms.ChoiceField(required=False, choices=[("", gettext_lazy("not said yet")), *TIES.items()])
    motive1 = forms.ChoiceField(label=gettext_lazy("strongest"), required=False)
    motive2 = forms.ChoiceField(label=gettext_lazy("second"), required=False)
    motive3 = forms.ChoiceField(label=gettext_lazy("last"), required=False)

    def __init__(self, *arguments: Any, canvas: Canvas | None = None, **more: Any) -> None:
        if canvas is not None:
            more["initial"] = {part: getattr(canvas, part) for part in (*WORDS, *CODED)} | dict(
                zip(MOTIVE_FIELDS, canvas.motives, strict=False)
            )
        super().__init__(*arguments, **more)
        for part in ("kinds", "tie"):
            self.fields[part].label = str(PARTS[part])
        for part in WORDS:
            first = part == "thing_done_together"
            self.fields[part] = _text(PARTS[part], rows=2, required=first)
        for name in MOTIVE_FIELDS:
            self.fields[name].choices = [("", _("not said yet")), *MOTIVES.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Each motive once."""
        given = super().clean() or {}
        seen: set[str] = set()
        for name in MOTIVE_FIELDS:
            motive = given.get(name) or ""
            if motive and motive in seen:
                self.add_error(name, _("This one stands before already."))
            seen.add(motive)
        return given

    @property
    def canvas(self) -> Canvas:
        """What was written."""
        given = self.cleaned_data
        motives = tuple(given[name] for name in MOTIVE_FIELDS if given.get(name))
        words = {part: given.get(part, "") for part in WORDS}
        return Canvas(kinds=tuple(given["kinds"]), tie=given["tie"], motives=motives, **words)


class CharterForm(forms.Form):
    """The charter (公约): one rule, ritual or source a line."""

    rules = forms.CharField(label=gettext_lazy("Rules"), widget=forms.Textarea(attrs={"rows": 6}))
    roles = forms.MultipleChoiceField(label=gettext_lazy("Roles"), required=False, widget=forms.CheckboxSelectMultiple)
    rituals = forms.CharField(label=gettext_lazy("Rituals"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    content_sources = forms.CharField(
        label=gettext_lazy("Sources of content"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *arguments: Any, charter: Charter | None = None, **more: Any) -> None:
        if charter is not None:
            lines = {name: "\n".join(getattr(charter, name)) for name in ("rules", "rituals", "content_sources")}
            more["initial"] = {"roles": charter.roles, "goal": charter.goal, "plan": charter.plan, **lines}
        super().__init__(*arguments, **more)
        self.fields["roles"].choices = [(role, code_word("role", role)) for role in ROLES]  # type: ignore[attr-defined]
        self.fields["goal"] = _text(_("Goal"), rows=2)
        self.fields["plan"] = _text(_("Plan"), rows=2)

    def clean_rules(self) -> tuple[str, ...]:
        """At least one line, not too many, none too long."""
        found = _lines(self.cleaned_data["rules"], most=MOST_RULES)
        if not found:
            raise forms.ValidationError(_("Write at least one rule."))
        return found

    def clean_rituals(self) -> tuple[str, ...]:
        """One a line."""
        return _lines(self.cleaned_data["rituals"], most=MOST_LINES)

    def clean_content_sources(self) -> tuple[str, ...]:
        """One a line."""
        return _lines(self.cleaned_data["content_sources"], most=MOST_LINES)

    @property
    def charter(self) -> Charter:
        """What was written."""
        given = self.cleaned_data
        return Charter(
            rules=given["rules"],
            roles=tuple(given["roles"]),
            rituals=given["rituals"],
            content_sources=given["content_sources"],
            goal=given["goal"],
            plan=given["plan"],
        )


def _lines(text: str, *, most: int) -> tuple[str, ...]:
    """One sentence a line; a line that would be cut is said instead."""
    for line in text.splitlines():
        if len(line.strip()) > SENTENCE:
            raise forms.ValidationError(
                _("One line has more than %(most)s characters: «%(start)s…». Make two of it.")
                % {"most": SENTENCE, "start": line.strip()[:20]}
            )
    found = sentences(text.splitlines())
    if len(found) > most:
        raise forms.ValidationError(
            _("That is %(count)s lines; keep to %(most)s.") % {"count": len(found), "most": most}
        )
    return found


class QuestionForm(forms.Form):
    """One of the questions applicants answer. Left empty it is no question."""

    text = forms.CharField(label=gettext_lazy("Question"), max_length=SENTENCE, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Answered"),
        choices=[("words", gettext_lazy("in their own words")), ("choice", gettext_lazy("by a choice"))],
        initial="words",
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    hint = forms.CharField(label=gettext_lazy("Hint below the field"), max_length=SENTENCE, required=False)
    required = forms.BooleanField(label=gettext_lazy("must be answered"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """Words, and from two to eight choices where it is answered by one."""
        given = super().clean() or {}
        offered = sentences(str(given.get("choices", "")).splitlines())
        if not sentence(str(given.get("text", ""))):
            if offered or given.get("hint"):
                self.add_error("text", _("Write the question that goes with this, or empty the rest too."))
        elif given.get("kind") == "choice" and not 2 <= len(offered) <= MOST_CHOICES:
            wrong = _("Give two to %(most)s choices, one a line.") % {"most": MOST_CHOICES}
            self.add_error("choices", wrong)
        elif given.get("kind") == "words":
            offered = ()
        given["offered"] = offered
        return given

    @property
    def question(self) -> Question | None:
        """What was written; None where nothing was."""
        given = self.cleaned_data
        text = sentence(given["text"])
        if not text:
            return None
        return Question(
            kind=given["kind"], text=text, hint=given["hint"], choices=given["offered"], required=given["required"]
        )


def question_forms(questions: Sequence[Question], *, given: Any = None) -> list[QuestionForm]:
    """Five slots, filled from the first on."""
    slots = []
    for at in range(MOST_QUESTIONS):
        initial: dict[str, Any] = {}
        if at < len(questions):
            one = questions[at]
            initial = {"text": one.text, "kind": one.kind, "hint": one.hint, "required": one.required}
            initial["choices"] = "\n".join(one.choices)
        slots.append(QuestionForm(given, prefix=f"q{at + 1}", initial=initial))
    return slots


def questions_wrong(slots: Sequence[QuestionForm]) -> bool:
    """Whether any slot is wrong; says so at the second of two equal questions."""
    valid = [slot.is_valid() for slot in slots]
    seen: set[str] = set()
    for slot in slots:
        asked = slot.question if slot.is_valid() else None
        if asked and asked.text in seen:
            slot.add_error("text", _("This is asked above already."))
            return True
        if asked:
            seen.add(asked.text)
    return not all(valid)


class StepForm(forms.Form):
    """One step of the welcome with the community's own words."""

    on = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))
    words = forms.CharField(
        label=gettext_lazy("What you say"),
        max_length=PARAGRAPH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def step_forms(steps: Sequence[Step], *, given: Any = None) -> dict[str, StepForm]:
    """A form for every step in its order. Where nothing is planned yet all are ticked."""
    planned = {step.code: step.words for step in steps}
    return {
        code: StepForm(
            given, prefix=code, initial={"on": code in planned or not planned, "words": planned.get(code, "")}
        )
        for code in STEPS
    }
