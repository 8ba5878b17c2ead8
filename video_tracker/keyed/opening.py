"""How a viewer's first session begins, and how his beacons are put in order."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import attrs

from video_tracker.errors import PlanError, PolicyError
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter

__all__ = ["Opening", "Openings", "opening_of", "settings_under"]

_NOBODY: Final = SessionPlan()


def _seconds(_owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e10:
        raise PolicyError(f"{attribute.name} must be seconds, more than zero, not {value!r:.60}")


def _items(_owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PolicyError(f"{attribute.name} must be an integer, 1 or more, not {value!r:.60}")


def _player(told: str | type[Adapter] | None) -> type[Adapter] | None:
    return find_adapter(told) if isinstance(told, str) else told


def _plan(told: SessionPlan | None) -> SessionPlan:
    plan = _NOBODY if told is None else told
    if not isinstance(plan, SessionPlan):
        raise PlanError(f"a plan must be a SessionPlan(...), not {plan!r:.80}")
    return plan


def _labels(told: Iterable[str]) -> tuple[str, ...]:
    return tuple(told)


@attrs.frozen(kw_only=True)
class Opening:
    """What is known of a viewer before he said anything. Of one that is there it changes nothing.

    Args:
        player: Whose callbacks he sends: a name or an adapter class; None: signals.
        plan: What is known of his contents and ads.
        user_id: Who watches; stands before the plan's.
        anonymous_id: Who watches, while nobody knows who that is. Where nobody is named at all, it
            is the viewer's key.
        settings: Settings in place of the plan's.
        window_seconds: How long a beacon is held that came before others (S68).
        window_items: How many are held.
        window_bytes: How much they may weigh together; all of them are part of the snapshot.
        tolerance: Seconds by which a client's clock may be wrong without being corrected (S68).
        opened: The server's and the client's time (Unix seconds) when both were last compared, as
            when his token was asked for; else his clock's error is estimated.
        remember: Seconds for which one is remembered whose session is over, after his last word: so
            long his id begins nothing new (S24).
        wait: Seconds for which one is kept whose session is open and has nothing more to expect, as
            when its silence was told (S26): he may come back.

        labels: Under what he counts as live besides (``("account:42",)``); see
            :mod:`video_tracker.stores.presence`.

    Raises:
        PolicyError: A limit is impossible.
        UnknownPlayerError: There is no adapter for that player.
    """

    player: type[Adapter] | None = attrs.field(default=None, converter=_player)
    plan: SessionPlan = attrs.field(default=None, converter=_plan)
    user_id: str | None = None
    anonymous_id: str | None = None
    settings: Settings | None = None
    window_seconds: float = attrs.field(default=10.0, validator=_seconds)
    window_items: int = attrs.field(default=200, validator=_items)
    window_bytes: int = attrs.field(default=200_000, validator=_items)
    tolerance: float = attrs.field(default=60.0, validator=_seconds)
    opened: tuple[float, float] | None = None
    remember: float = attrs.field(default=3_600.0, validator=_seconds)
    wait: float = attrs.field(default=86_400.0, validator=_seconds)
    labels: tuple[str, ...] = attrs.field(default=(), converter=_labels)


Openings: TypeAlias = Opening | Callable[[str], Opening]
"""One for all viewers, or a function that gives each key its own."""


_DEFAULTS: Final = Settings()


@functools.lru_cache(maxsize=64)
def settings_under(settings: Settings, player: Any) -> Settings:
    """The settings, with those left at their default replaced by those of a player's adapter class.

    One value for all of its sessions.
    """
    left: dict[str, Any] = {
        name: value
        for name, value in player.settings.items()
        if getattr(settings, name) == getattr(_DEFAULTS, name)
    }
    return attrs.evolve(settings, **left)


def opening_of(openings: Openings, key: str) -> Opening:
    """The opening of a viewer."""
    return openings if isinstance(openings, Opening) else openings(key)
