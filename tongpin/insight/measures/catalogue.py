"""All measures by name. To add one: a module beside this one, a line here, its oracle in tests/conformance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.measures.four_steps import StepsParameters, four_steps
from tongpin.insight.measures.people_by_entrance import EntranceParameters, people_by_entrance
from tongpin.insight.measures.referral_k import KParameters, referral_k
from tongpin.insight.measures.rfm import RfmParameters, rfm
from tongpin.insight.measures.weekly_givers import GiversParameters, weekly_givers
from tongpin.insight.result import Parameters, Result


class BadParameter(ValueError):
    """A measure was asked something that it does not understand."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what computes it, what it may be asked, and the assessment of a community it stands for, if any."""

    run: Callable[..., Result]
    parameters: type[Parameters]
    assessment: str = ""

    @property
    def doc(self) -> str:
        """What it means, in its own words."""
        return (self.run.__doc__ or "").strip()


MEASURES: dict[str, Measure] = {
    "people_by_entrance": Measure(people_by_entrance, EntranceParameters),
    "four_steps": Measure(four_steps, StepsParameters),
    "referral_k": Measure(referral_k, KParameters),
    "weekly_givers": Measure(weekly_givers, GiversParameters, assessment="vitality"),
    "rfm": Measure(rfm, RfmParameters),
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
