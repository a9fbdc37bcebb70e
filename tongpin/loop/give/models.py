"""Tables of give, by slice."""

from tongpin.loop.give.digests.models import Digest, Giver, Quote, QuoteConsent
from tongpin.loop.give.talks.models import Hearer, Line, Question, Segment, SignUp, Talk, TalkPlace

__all__ = [
    "Digest",
    "Giver",
    "Hearer",
    "Line",
    "Question",
    "Quote",
    "QuoteConsent",
    "Segment",
    "SignUp",
    "Talk",
    "TalkPlace",
]
