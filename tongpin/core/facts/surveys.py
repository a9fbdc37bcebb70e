"""Said by surveys (调查): who was asked, who answered what number. Answers in words stand in the survey."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Time, fact
from tongpin.core.facts.nouns import About, CommunityId, SurveyId


@fact("survey.opened", key=("survey",), step="give")
class SurveyOpened(Fact):
    """A survey is open (问卷): NPS, satisfaction after something, or free questions."""

    survey: SurveyId
    survey_kind: Code
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0
    ends: Time | None = None


@fact("survey.asked", key=("survey", "person", "occurrence"), step="give", lane="bulk", subject="survey", quiet=True)
class SurveyAsked(Fact):
    """A person was asked: without it there is no response rate."""

    survey: SurveyId
    occurrence: int = 1


@fact("survey.answered", key=("survey", "person", "occurrence"), step="give", subject="survey")
class SurveyAnswered(Fact):
    """A person answered (答卷). `recommend` is the NPS question 0–10, `satisfaction` 1–5, `questions` how many."""

    survey: SurveyId
    survey_kind: Code
    recommend: int | None = None
    satisfaction: int | None = None
    questions: int = 0
    length: int = 0
    about_kind: Code = ""
    about: About = 0
    community: CommunityId = 0
    occurrence: int = 1


@fact("survey.closed", key=("survey",), step="give")
class SurveyClosed(Fact):
    """A survey is over."""

    survey: SurveyId
    asked: int = 0
    answered: int = 0
