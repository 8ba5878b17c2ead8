"""The steps of a scenario: what a viewer and a player can do, each with its arguments checked."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args

import attrs

from video_tracker.errors import VideoTrackerError
from video_tracker.plan import is_number
from video_tracker.spelling import hint

__all__ = [
    "STEPS",
    "Ads",
    "Background",
    "Error",
    "Exit",
    "FullScreen",
    "IntoAd",
    "Mute",
    "Next",
    "Pause",
    "Play",
    "Rate",
    "ScenarioError",
    "Seek",
    "Skip",
    "Sleep",
    "Stall",
    "Step",
    "Volume",
    "Wait",
    "Watch",
    "WatchToEnd",
    "describe",
    "fields_of",
    "nearest",
]

_LONGEST: Final = 1e7
"""No step takes longer than this many seconds."""


class ScenarioError(VideoTrackerError, ValueError):
    """A scenario cannot be read, or a step of it makes no sense where it stands."""


def nearest(word: object, known: Iterable[str]) -> str:
    """The known word that is meant, as the end of a sentence; all of them where none is near."""
    return hint(word, known, cutoff=0.5, listed=True)


_Check = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _checked(wanted: str, fits: Callable[[Any], bool]) -> _Check:
    """A field's validator: what it must be, in words and as a test."""

    def check(owner: object, field: "attrs.Attribute[Any]", value: object) -> None:
        if not fits(value):
            name = NAMES.get(type(owner), type(owner).__name__)
            raise ScenarioError(f"{name}: {field.name} must be {wanted}, not {value!r:.60}")

    return check


def _is_seconds(value: Any) -> bool:
    return is_number(value) and 0 <= value <= _LONGEST


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _or_none(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


_SECONDS: Final = _checked("seconds, zero or more", _is_seconds)
_MAYBE_SECONDS: Final = _checked("seconds, zero or more", _or_none(_is_seconds))
_MAYBE_PLACE: Final = _checked("an ad's place in the break, from 1", _or_none(_is_place))
_FLAG: Final = _checked("true or false", lambda value: isinstance(value, bool))
_MAYBE_NAME: Final = _checked(
    "a name", _or_none(lambda value: isinstance(value, str) and value != "")
)
_KIND: Final = _checked("one of pre, mid, post", lambda value: value in ("pre", "mid", "post"))
_LENGTHS: Final = _checked(
    "the ads' lengths in seconds, each more than zero",
    lambda value: (
        isinstance(value, tuple) and value != () and all(_is_seconds(v) and v > 0 for v in value)
    ),
)
_RATE: Final = _checked(
    "a rate, more than 0 and up to 4", lambda value: is_number(value) and 0 < value <= 4
)
_VOLUME: Final = _checked("0 to 100", lambda value: is_number(value) and 0 <= value <= 100)


@attrs.frozen
class Play:
    """Play is pressed: the start, or another try after an error."""


@attrs.frozen
class Watch:
    """So many seconds of content are watched; a break that comes up plays whole, and counts not."""

    seconds: float = attrs.field(validator=_SECONDS)


@attrs.frozen
class WatchToEnd:
    """The content, and a post-roll, are watched to the end."""


@attrs.frozen
class Pause:
    """The viewer pauses, perhaps seeks in the pause (``seek``: where to), and goes on."""

    seconds: float = attrs.field(validator=_SECONDS)
    seek: float | None = attrs.field(default=None, validator=_MAYBE_SECONDS)


@attrs.frozen
class Seek:
    """The viewer seeks to a second of the content; it ``takes`` so long."""

    to: float = attrs.field(validator=_SECONDS)
    takes: float = attrs.field(default=0.5, validator=_SECONDS)


@attrs.frozen
class Stall:
    """The player waits for data."""

    seconds: float = attrs.field(validator=_SECONDS)


@attrs.frozen
class Ads:
    """A break of ads of these lengths.

    A ``pre`` plays before the content's first frame and a ``post`` behind its last, wherever the
    step stands; a ``mid`` plays when the playhead gets to ``at``, or without it at once. The ad at
    place ``skip`` is skipped after ``after`` seconds, the one at ``fail`` fails after
    ``fail_after`` (0: before its first frame).
    """

    kind: str = attrs.field(validator=_KIND)
    lengths: tuple[float, ...] = attrs.field(converter=_as_tuple, validator=_LENGTHS)
    at: float | None = attrs.field(default=None, validator=_MAYBE_SECONDS)
    skip: int | None = attrs.field(default=None, validator=_MAYBE_PLACE)
    after: float = attrs.field(default=5.0, validator=_SECONDS)
    fail: int | None = attrs.field(default=None, validator=_MAYBE_PLACE)
    fail_after: float = attrs.field(default=0.0, validator=_SECONDS)
    names: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)

    @names.validator
    def _check_names(self, _: "attrs.Attribute[Any]", value: Any) -> None:
        is_list = isinstance(value, tuple) and all(isinstance(name, str) and name for name in value)
        if not is_list or (value and len(value) != len(self.lengths)):
            raise ScenarioError(f"ads: names must be as many names as there are ads, not {value!r}")

    def __attrs_post_init__(self) -> None:
        for field in ("skip", "fail"):
            place = getattr(self, field)
            if place is not None and place > len(self.lengths):
                raise ScenarioError(
                    f"ads: {field} is ad {place}, but the break has {len(self.lengths)}"
                )
        if self.at is not None and self.kind != "mid":
            raise ScenarioError(f"ads: only a mid-roll has a place (at), not a {self.kind}")


@attrs.frozen
class IntoAd:
    """Watch on until so many seconds into an ad (its place: ``number``) of the next break.

    The steps that follow happen in that ad, until something is watched.
    """

    seconds: float = attrs.field(validator=_SECONDS)
    number: int = attrs.field(
        default=1, validator=_checked("an ad's place in the break, from 1", _is_place)
    )


@attrs.frozen
class Skip:
    """The ad that plays is skipped; ``into_ad`` comes before it."""


@attrs.frozen
class Rate:
    """Content plays at another rate; 1 is normal."""

    rate: float = attrs.field(validator=_RATE)


@attrs.frozen
class Volume:
    """The sound is set to 0 to 100."""

    level: float = attrs.field(validator=_VOLUME)


@attrs.frozen
class Mute:
    """The sound goes off, or on again."""

    on: bool = attrs.field(default=True, validator=_FLAG)


@attrs.frozen
class FullScreen:
    """The video fills the screen, or no longer."""

    on: bool = attrs.field(default=True, validator=_FLAG)


@attrs.frozen
class Background:
    """The tab is hidden while content plays on; its clock is told every ``throttle`` seconds."""

    seconds: float = attrs.field(validator=_SECONDS)
    throttle: float = attrs.field(default=1.0, validator=_SECONDS)


@attrs.frozen
class Sleep:
    """The device sleeps: nothing moves and nobody says so."""

    seconds: float = attrs.field(validator=_SECONDS)


@attrs.frozen
class Error:
    """The player fails; an error that is not ``fatal`` stops nothing."""

    reason: str = attrs.field(
        default="network", validator=_checked("a reason", lambda v: isinstance(v, str) and v != "")
    )
    fatal: bool = attrs.field(default=True, validator=_FLAG)


@attrs.frozen
class Wait:
    """Time passes while nothing plays: after an error, before the start, after the end."""

    seconds: float = attrs.field(validator=_SECONDS)


@attrs.frozen
class Next:
    """The next item of the playlist takes over; a ``length`` of null is live."""

    length: float | None = attrs.field(default=600.0, validator=_MAYBE_SECONDS)
    name: str | None = attrs.field(default=None, validator=_MAYBE_NAME)


@attrs.frozen
class Exit:
    """The viewer leaves."""


Step = (
    Play | Watch | WatchToEnd | Pause | Seek | Stall | Ads | IntoAd | Skip | Rate | Volume | Mute
    | FullScreen | Background | Sleep | Error | Wait | Next | Exit
)  # fmt: skip


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


STEPS: Final[Mapping[str, type[Step]]] = {_snake(kind.__name__): kind for kind in get_args(Step)}
"""The name of every step, as a method and in a file, and its class."""
NAMES: Final[Mapping[type, str]] = {kind: name for name, kind in STEPS.items()}


def fields_of(kind: type[Step]) -> "tuple[attrs.Attribute[Any], ...]":
    """The arguments of a step, the one first that may stand alone."""
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)
    return found


def describe(step: Step) -> str:
    """A step as it is written in Python."""
    given = [
        (field.name, getattr(step, field.name))
        for field in fields_of(type(step))
        if getattr(step, field.name) != field.default
    ]
    shown = (f"{name}={list(v) if isinstance(v, tuple) else v!r}" for name, v in given)
    return f"{NAMES[type(step)]}({', '.join(shown)})"
