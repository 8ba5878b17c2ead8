"""What a tracker is told when it is made: one value, checked at once."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import attrs

from video_tracker.clock import Clock
from video_tracker.delivery.policy import DeliveryPolicy, check_seconds
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError
from video_tracker.events import Event
from video_tracker.plan import SessionPlan, Settings
from video_tracker.session import Diagnostic
from video_tracker.stores.base import Store
from video_tracker.tracker.hooks import Hook
from video_tracker.tracker.sender import MODES, Mode
from video_tracker.wire import Repair

if TYPE_CHECKING:
    from video_tracker.tracker.base import TrackerBase

__all__ = ["Before", "Options", "OptionsGiven", "merged"]

Before = Callable[[Event], Event | None]
"""Changes an event before it is sent, or leaves it out."""

_EMPTY: Final = SessionPlan()


def _planned(plan: SessionPlan | None) -> SessionPlan:
    return _EMPTY if plan is None else plan


def _at_least(least: int) -> Any:
    def check(_options: object, attribute: "attrs.Attribute[int]", value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise PolicyError(f"{attribute.name} must be {least} or more, not {value!r}")

    return check


def _mode(_options: object, _attribute: object, value: object) -> None:
    if value not in MODES:
        raise PolicyError(f"mode must be one of {', '.join(MODES)}, not {value!r}")


def _seconds(options: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None:
        check_seconds(options, attribute.name, value)


def _trackers(also: "Sequence[TrackerBase] | None") -> "tuple[TrackerBase, ...]":
    try:
        return tuple(also or ())
    except TypeError:
        raise PolicyError(f"also must be a list of trackers, not {also!r:.60}") from None


def _called(_options: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None and not callable(value):
        raise PolicyError(f"{attribute.name} must be a function, not {value!r:.60}")


def _a(what: str, *kinds: type) -> Any:
    """Holds that a value is of one of these kinds; None is left to a default."""

    def check(_options: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is not None and not isinstance(value, kinds):
            raise PolicyError(f"{attribute.name} must be {what}, not {value!r:.60}")

    return check


def _clock(_options: object, _attribute: object, value: Any) -> None:
    if value is not None and not callable(getattr(value, "now", None)):
        raise PolicyError(f"clock must have a method now(), as {value!r:.60} has not")


@attrs.frozen(kw_only=True)
class Options:
    """The options of a :class:`~video_tracker.tracker.Tracker`, which tells what they mean.

    Raises:
        PolicyError: A value is impossible.
    """

    mode: Mode = attrs.field(default="thread", validator=_mode)
    policy: DeliveryPolicy | None = attrs.field(
        default=None, validator=_a("a DeliveryPolicy", DeliveryPolicy)
    )
    spool_dir: str | os.PathLike[str] | Spool | None = attrs.field(
        default=None, validator=_a("a folder's path or a Spool", str, os.PathLike, Spool)
    )
    spool_sync: Literal["timer", "always"] = "timer"
    clock: Clock | None = attrs.field(default=None, validator=_clock)
    profile: str = "customerio"
    plan: SessionPlan = attrs.field(
        default=None,
        converter=_planned,
        validator=_a("a SessionPlan(...)", SessionPlan),
    )
    settings: Settings | None = attrs.field(default=None, validator=_a("Settings(...)", Settings))
    strict: bool = attrs.field(default=False, validator=_a("True or False", bool))
    max_sessions: int = attrs.field(default=100_000, validator=_at_least(1))
    remember: int = attrs.field(default=10_000, validator=_at_least(0))
    store: Store | None = attrs.field(default=None, validator=_a("a store of viewers", Store))
    presence: bool = attrs.field(default=False, validator=_a("True or False", bool))
    block_timeout: float = attrs.field(default=5.0, validator=_seconds)
    exit_timeout: float | None = attrs.field(default=None, validator=_seconds)
    before: Before | None = attrs.field(default=None, validator=_called)
    also: Sequence["TrackerBase"] = attrs.field(default=(), converter=_trackers)
    on_diagnostic: Callable[[Diagnostic], object] | None = attrs.field(
        default=None, validator=_called
    )
    on_repair: Callable[[Repair], object] | None = attrs.field(default=None, validator=_called)
    on_failure: Hook = attrs.field(default=None, validator=_called)
    on_sent: Hook = attrs.field(default=None, validator=_called)
    on_retry: Hook = attrs.field(default=None, validator=_called)
    on_drop: Hook = attrs.field(default=None, validator=_called)
    on_dead: Hook = attrs.field(default=None, validator=_called)
    on_lane: Hook = attrs.field(default=None, validator=_called)

    def hooks(self) -> dict[str, Hook]:
        """Those that are told of delivery, by their names."""
        return {
            "on_sent": self.on_sent,
            "on_retry": self.on_retry,
            "on_drop": self.on_drop,
            "on_dead": self.on_dead,
            "on_lane": self.on_lane,
            "on_failure": self.on_failure,
        }


def merged(options: Options | None, given: Mapping[str, Any]) -> Options:
    """The options, with what is given one by one in their place.

    Raises:
        TypeError: There is no such option.
        PolicyError: A value is impossible.
    """
    if options is not None and not isinstance(options, Options):
        raise PolicyError(f"options must be Options(...), not {options!r:.60}")
    return attrs.evolve(options or Options(), **given)


class OptionsGiven(TypedDict, total=False):
    """The same, as a caller gives them one by one; a test holds that both agree."""

    mode: Mode
    policy: DeliveryPolicy | None
    spool_dir: str | os.PathLike[str] | Spool | None
    spool_sync: Literal["timer", "always"]
    clock: Clock | None
    profile: str
    plan: SessionPlan | None
    settings: Settings | None
    strict: bool
    max_sessions: int
    remember: int
    store: Store | None
    presence: bool
    block_timeout: float
    exit_timeout: float | None
    before: Before | None
    also: Sequence["TrackerBase"]
    on_diagnostic: Callable[[Diagnostic], object] | None
    on_repair: Callable[[Repair], object] | None
    on_failure: Hook
    on_sent: Hook
    on_retry: Hook
    on_drop: Hook
    on_dead: Hook
    on_lane: Hook
