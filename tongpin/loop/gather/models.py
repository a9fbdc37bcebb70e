"""Tables of gather, by slice."""

from tongpin.loop.gather.admission.models import Answer, Application, QuestionSheet
from tongpin.loop.gather.charter.models import Acceptance, CharterEdition, Door
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.gather.launch.models import LaunchItem
from tongpin.loop.gather.positioning.models import Positioning
from tongpin.loop.gather.welcome.models import Welcome, WelcomeStep

__all__ = [
    "Acceptance",
    "Answer",
    "Application",
    "CharterEdition",
    "Door",
    "Entrance",
    "LaunchItem",
    "Positioning",
    "QuestionSheet",
    "Welcome",
    "WelcomeStep",
]
