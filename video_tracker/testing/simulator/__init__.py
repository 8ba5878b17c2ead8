"""A player and its viewer, simulated: what the player says, and what is true of it.

:func:`simulate` plays a :class:`~video_tracker.testing.Scenario` on a virtual clock. One model of
the player and the viewer (``player``, ``acting``) knows the truth and counts it by itself
(``truth``); small tables turn its moments into the callbacks of each player (``dialects``).
"""

from video_tracker.testing.simulator.acting import sensible
from video_tracker.testing.simulator.chance import random_scenario
from video_tracker.testing.simulator.dialects import DIALECTS
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.simulation import Run, Simulation, simulate, simulated
from video_tracker.testing.simulator.speech import START, Dialect
from video_tracker.testing.simulator.truth import SeenAd, TrueEvent, Truth

__all__ = [
    "DIALECTS",
    "START",
    "Dialect",
    "Moment",
    "Run",
    "SeenAd",
    "Simulation",
    "TrueEvent",
    "Truth",
    "random_scenario",
    "sensible",
    "simulate",
    "simulated",
]
