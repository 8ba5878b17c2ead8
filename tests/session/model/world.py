"""What a seeded viewer watches, and the truth of it: what played from where to where, and when.

A :class:`World` is what is laid down before anybody presses play: contents, breaks, what the viewer
means to do, and the manner in which the player tells of it. Its truth is a plain list of
:class:`Stretch` (something lasts) and :class:`Moment` (something happens), in seconds since the
viewer pressed play; :mod:`tests.session.model.viewing` lets it happen. All times and places are
quarters of a second (eighths at half the rate), which binary numbers hold exactly.
"""

from typing import Literal

import attrs

QUARTER = 0.25
Roll = Literal["pre", "mid", "post"]


@attrs.frozen
class Spot:
    """One ad: ``length`` is the truth, ``declared`` what plan or player say of it (None: nothing).

    ``fails``: it is reported to fail before its first frame. ``missing``: it never comes, and
    nobody says so. ``skip_at``: the viewer skips it there. ``silent``: nobody tells its clock.
    """

    name: str
    length: float
    declared: float | None
    fails: bool = False
    missing: bool = False
    skip_at: float | None = None
    silent: bool = False

    @property
    def watched(self) -> float:
        """How much of it plays when nobody leaves."""
        return self.length if self.skip_at is None else self.skip_at


@attrs.frozen
class Break:
    """An ad break at a place of an item.

    ``planned``: the plan tells of it. ``comes``: it plays when the playhead runs into it.
    ``empty``: it comes and goes without an ad. ``again``: it plays each time, not only once.
    """

    item: int
    place: float
    roll: Roll
    spots: tuple[Spot, ...]
    planned: bool = True
    comes: bool = True
    empty: bool = False
    again: bool = True
    pod_id: str | None = None


@attrs.frozen
class Item:
    """One content: its true length, and what the plan declares (None: nothing)."""

    name: str
    length: float
    declared: float | None
    told_at: float | None = None
    """Content seconds at which the player learns the true length and says it."""
    live: bool = False
    """A livestream: nobody declares a length, and its places are elapsed seconds (S8)."""


@attrs.frozen
class Act:
    """Something that the viewer or the network does next."""

    kind: Literal[
        "watch",
        "pause",
        "late pause",
        "stall",
        "seek",
        "pause and seek",
        "item",
        "leave",
        "give up",
    ]
    """``late pause``: half a second before the next border. ``give up``: pause and leave."""
    amount: float = 0.0


@attrs.frozen
class Manner:
    """How the player tells.

    ``every``, ``phase``: the grid on which it tells its position. ``exact``: it also tells it just
    before whatever happens. ``at_rest``: it goes on telling while nothing moves. ``mute``: it never
    tells a position. ``whole``: whole numbers are told as ints. ``gap``: seconds between ads.
    ``nameless``: the ads of a plan are told without their ids. ``says_number``: how many ads a
    break has. ``says_end``: that everything is over; else a tick long after shows it. ``heartbeat``
    and ``quartiles`` are the settings.
    """

    every: float = 1.0
    phase: float = 0.0
    exact: bool = True
    at_rest: bool = False
    mute: bool = False
    whole: bool = False
    gap: float = 0.0
    nameless: bool = False
    says_number: bool = False
    says_end: bool = True
    next_by: Literal["content_start", "load"] = "content_start"
    learns_by: Literal["update", "load", "progress"] = "update"
    heartbeat: float = 10.0
    quartiles: bool = True


@attrs.frozen
class World:
    """All that is laid down before the viewer presses play."""

    seed: int
    items: tuple[Item, ...]
    breaks: tuple[Break, ...] = ()
    acts: tuple[Act, ...] = ()
    manner: Manner = Manner()
    startup: float = 0.0
    start: float = 0.0
    rate: float = 1.0


@attrs.frozen
class Where:
    """A place in the viewing: the content's, and the ad's while one plays."""

    item: int
    place: float
    pod: int | None = None
    """The break that is open, as an index into the world's."""
    spot: int | None = None
    """The ad that plays, as an index into the break's."""
    seen: float = 0.0
    """Seconds into that ad."""


StretchKind = Literal["startup", "content", "ad", "pause", "stall", "seek", "gap"]
MomentKind = Literal[
    "press",
    "frame",
    "learn",
    "break",
    "ad",
    "ad fails",
    "ad ends",
    "ad skipped",
    "break over",
    "pause",
    "resume",
    "seek",
    "sought",
    "stall",
    "fed",
    "content over",
    "item",
    "leave",
    "finish",
]


@attrs.frozen
class Stretch:
    """Something lasts. In ``content`` and ``ad`` the place moves on with the time."""

    kind: StretchKind
    start: float
    end: float
    where: Where


@attrs.frozen
class Moment:
    """Something happens at an instant."""

    kind: MomentKind
    at: float
    where: Where
    to: float = 0.0
    """The content place sought."""


Truth = list[Stretch | Moment]
