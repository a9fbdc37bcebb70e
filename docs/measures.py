"""Writes docs/measures.md from the measures: `python docs/measures.py --write`, or `--check` that it is up to date."""

from __future__ import annotations

import inspect
import sys
from dataclasses import fields
from pathlib import Path

from check import kept

from tongpin.insight.evidence import SIGNS
from tongpin.insight.measures.catalogue import MEASURES, Measure

PAGE = Path(__file__).resolve().parent / "measures.md"
INTRODUCTION = """\
<!-- Written by docs/measures.py. Change the measures, then run: python docs/measures.py --write -->

# What Tongpin measures

{count} measures in `tongpin/insight/measures/`, one module each. They read facts from the lake and nothing else, every
hour, and by hand: `bin/tongpin measure NAME key=value`. Each takes two clocks: up to when things happened (`--as-of`) and
up to when they were recorded (`--known-at`), so that every number can be told again.

How to read an entry:

- **n** is what the value rests on. Under **min_n** its quality is `low`: it is shown as too little data with how much is
  missing, and nothing ranks, warns or acts by it. What is not defined is no value at all, never 0.
- **may be asked**: its parameters with what they are unless told. `community` 0 is the whole merchant.
- **stands for**: the assessment under which its result is kept of a community, or of every person.
- A share has its Wilson 95 % interval. Teammates and machines are left out of members; merged records are one person.
"""
SIGNS_OF_TRUST = """
## Signs of trust

What a member did, as `trust` reads it. A weight is halved every 90 days. What one repeats within a week (giving, being
thanked) counts once a week; a referral that was paid for counts half, one by an agent not at all. The weights are
defaults of ours: they hold only as long as the next orders and referrals of members rise with their trust.

| sign | speaks | weight |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION.format(count=len(MEASURES))]
    parts += [_entry(name, measure) for name, measure in MEASURES.items()]
    parts.append(SIGNS_OF_TRUST)
    parts += [f"| `{name}` | {'for' if one.good else 'against'} | {one.weight:g} |\n" for name, one in SIGNS.items()]
    return "".join(parts)


def _entry(name: str, measure: Measure) -> str:
    plain = measure.parameters()
    told = ((one.name, getattr(plain, one.name)) for one in fields(plain) if one.name != "min_n")
    asked = ", ".join(f"`{key}` = {value}" for key, value in told)
    lines = [
        f"- **formula**: {measure.formula}\n",
        f"- **source**: {measure.source}\n",
        f"- **min_n**: {plain.min_n}\n",
        f"- **may be asked**: {asked}\n",
    ]
    if measure.assessment:
        whose = "every person" if measure.of_each else "a community"
        lines.append(f"- **stands for**: the {measure.assessment} of {whose}\n")
    return f"\n## `{name}`\n\n{inspect.cleandoc(measure.doc)}\n\n{''.join(lines)}"


if __name__ == "__main__":
    sys.exit(kept(PAGE, page, words=__doc__))
