"""All measures by name. To add one: a module beside this one, a line here, its oracle in tests/conformance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from tongpin.core.people.assessed import Assessed
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.measures.four_steps import StepsParameters, four_steps
from tongpin.insight.measures.loop_by_entrance import LoopParameters, loop_by_entrance
from tongpin.insight.measures.people_by_entrance import EntranceParameters, people_by_entrance
from tongpin.insight.measures.referral_k import KParameters, referral_k
from tongpin.insight.measures.rfm import RfmParameters, rfm
from tongpin.insight.measures.trust import TrustParameters, trust, trust_of_each
from tongpin.insight.measures.vitality import VitalityParameters, vitality
from tongpin.insight.measures.weekly_givers import GiversParameters, weekly_givers
from tongpin.insight.result import Parameters, Result


class BadParameter(ValueError):
    """A measure was asked something that it does not understand."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what computes it, what it may be asked, its formula and where that comes from, in words for the page.

    `assessment` is that of a community (or, with `of_each`, of every person) which it stands for, if any.
    """

    run: Callable[..., Result]
    parameters: type[Parameters]
    formula: str
    source: str
    assessment: str = ""
    of_each: Callable[..., Iterator[Assessed]] | None = None

    @property
    def doc(self) -> str:
        """What it means, in its own words."""
        return (self.run.__doc__ or "").strip()


MEASURES: dict[str, Measure] = {
    "people_by_entrance": Measure(
        people_by_entrance,
        EntranceParameters,
        formula="Σ cost booked for an entrance ÷ people admitted by its code",
        source="the channels of the articles on drawing people in; cost per admitted is ours",
    ),
    "four_steps": Measure(
        four_steps,
        StepsParameters,
        formula="distinct people a step in the window; of those gathered, the share with its Wilson 95 % interval",
        source="Wilson 1927 for the interval",
    ),
    "loop_by_entrance": Measure(
        loop_by_entrance,
        LoopParameters,
        formula="Σ net paid by people who first came by an entrance − Σ cost booked for it",
        source="ours: every act is counted for the entrance by which the person first came",
    ),
    "referral_k": Measure(
        referral_k,
        KParameters,
        formula="K = Σ qualified newcomers within w days of their inviter's joining ÷ members of the mature cohort",
        source="branching processes; the interval is a bootstrap over root trees, which a Poisson one is too narrow for",
    ),
    "weekly_givers": Measure(
        weekly_givers,
        GiversParameters,
        formula="members with a contribution of value in ≥ 4 of 12 ISO weeks (young: ≥ 2 of 4)",
        source="measured on a public chat archive: regularity foretells giving better than volume (AUC .88 against .86)",
    ),
    "vitality": Measure(
        vitality,
        VitalityParameters,
        formula="people × contributions each a week × (last 4 weeks + 1) ÷ (4 weeks before + 1)",
        source="contributor absence factor: CHAOSS; thresholds of the alarm are defaults of ours",
        assessment="vitality",
    ),
    "trust": Measure(
        trust,
        TrustParameters,
        formula="T = (2 + Σ w·d of good signs) ÷ (2 + 3 + Σ w·d of all signs), d = ½^(age ÷ 90 days); unknown under Σ w·d = 2",
        source="beta reputation (Jøsang & Ismail 2002); weights and half-life are defaults of ours, to be checked on next"
        " orders and referrals",
        assessment="trust",
        of_each=trust_of_each,
    ),
    "rfm": Measure(
        rfm,
        RfmParameters,
        formula="scores ⌈5 × average rank ÷ n⌉ of recency, paid days and mean money; the value: buyers on ≥ 2 days ÷ buyers",
        source="common practice; ties by average rank after CDNOW, where arbitrary ranks split equal people",
    ),
}


def measured(*, name: str, lake: Lake, clocks: Clocks, parameters: Parameters | None = None) -> Result:
    """A measure's result. Raises KeyError for an unknown name."""
    measure = MEASURES[name]
    try:
        return measure.run(lake=lake, clocks=clocks, parameters=parameters or measure.parameters())
    finally:
        lake.forget()


def parameters_for(*, name: str, told: Mapping[str, str]) -> Parameters:
    """What was typed for a measure, as its parameters. Raises BadParameter, KeyError for an unknown measure."""
    kind = MEASURES[name].parameters
    known: dict[str, type] = {one.name: type(getattr(kind(), one.name)) for one in fields(kind)}
    read: dict[str, Any] = {}
    for key, text in told.items():
        if key not in known:
            raise BadParameter(f"{name} knows no {key}; it may be asked {', '.join(known)}")
        try:
            read[key] = known[key](text)
        except ValueError as error:
            raise BadParameter(f"{key}={text}: give a whole number") from error
    return kind(**read)
