"""The steps of a scenario, acted by the model: what each does, and where it makes no sense."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import (
    Ads,
    Background,
    Error,
    Exit,
    FullScreen,
    IntoAd,
    Mute,
    Next,
    Pause,
    Play,
    Rate,
    ScenarioError,
    Seek,
    Skip,
    Sleep,
    Stall,
    Step,
    Volume,
    Wait,
    Watch,
    WatchToEnd,
    describe,
)
from video_tracker.testing.simulator.moments import Item
from video_tracker.testing.simulator.player import Break, Player, Schedule

__all__ = ["act", "played", "sensible"]

_NO_PLAY: Final = "nothing plays; play() comes first"
_NUDGE: Final = 0.6
"""Seconds; a smaller seek, told in rounded places, may look like the player's own (S70)."""
_NEAR: Final = 1.0
"""Seconds; a break so near to the content's end lies at it (S44)."""
_BETWEEN: Final = 0.02
"""Seconds between one item and the next."""


def played(
    scenario: Scenario,
    *,
    every: float = 1.0,
    jitter: float = 0.0,
    seed: int = 0,
) -> Player:
    """The player after all steps of a scenario.

    Args:
        scenario: What happens.
        every: Seconds between two words of its clock.
        jitter: How irregular they are, as a share of the interval.
        seed: Of the irregularity.

    Raises:
        ScenarioError: A step makes no sense where it stands; says which, and why.
    """
    schedule = places_of(_run(Player(scenario, every=60.0), strict=True)[0])
    player = Player(scenario, every=every, jitter=jitter, seed=seed, schedule=schedule)
    return _run(player, strict=True)[0]


def sensible(scenario: Scenario) -> Scenario:
    """The scenario without the steps that make no sense where they stand.

    Args:
        scenario: Any steps in any order, as a generator draws them.
    """
    kept = _run(Player(scenario, every=60.0), strict=False)[1]
    steps = [step for step, keep in zip(scenario.steps, kept, strict=True) if keep]
    return scenario if all(kept) else sensible(attrs.evolve(scenario, steps=steps))


def places_of(player: Player) -> Schedule:
    """The breaks of each item and where they lie, in order."""
    return {
        number: tuple(sorted(places.values(), key=lambda each: each[0]))
        for number, places in player.places.items()
    }


def _run(player: Player, *, strict: bool) -> tuple[Player, list[bool]]:
    steps = player.scenario.steps
    kept = []
    for index, step in enumerate(steps):
        player.more = any(isinstance(each, Next) for each in steps[index + 1 :])
        if player.open is not None and not player.inside and not isinstance(step, IntoAd):
            player.finish_break()
        reason = refusal(player, step)
        if reason is not None and strict:
            raise ScenarioError(f"step {index + 1}, {describe(step)}: {reason}")
        kept.append(reason is None)
        if reason is None:
            act(player, step, index)
    if player.open is not None and not player.inside and not player.over:
        player.finish_break()
    return player, kept


def act(player: Player, step: Step, index: int) -> None:
    """Act one step.

    Args:
        player: The model.
        step: What happens now.
        index: Its place among the scenario's steps.
    """
    if isinstance(step, Ads):
        if step.kind == "mid" and step.at is None:
            names = player.scenario.ad_names[index]
            player.enter(Break.of(step, names, player.now.place))
            player.finish_break()
    elif isinstance(step, Next):
        _next(player, step, index)
    else:
        _ACTS[type(step)](player, step)


def refusal(player: Player, step: Step) -> str | None:
    """Why a step makes no sense now; None where it does."""
    if player.over and not isinstance(step, Ads):
        return "the viewer has left" if player.now.kind == "leave" else "the playback is over"
    check = _CHECKS.get(type(step))
    reason = None if type(step) in _IN_REST else _no_play(player)
    return reason if reason is not None or check is None else check(player, step)


# -- why not ---------------------------------------------------------------------------------------


def _no_play(player: Player) -> str | None:
    if player.now.ended and player.open is None:
        return "the content has ended; next() or exit() may follow"
    return None if player.now.plays and not player.failed else _NO_PLAY


def _no_start(player: Player, _: Play) -> str | None:
    return "it plays already" if player.now.plays or player.now.ended else None


def _no_wait(player: Player, _: Wait) -> str | None:
    return "something plays; watch() is for that" if player.now.moving else None


def _not_begun(player: Player, _: Step) -> str | None:
    return None if player.book.events else _NO_PLAY


def _no_ads(player: Player, step: Ads) -> str | None:
    if player.stitched and (step.skip is not None or step.fail is not None):
        return "an ad that lies in the stream is neither skipped nor does it fail"
    if step.kind != "mid":
        return None
    at = player.now.place if step.at is None else step.at
    if at > player.end - _NEAR:
        return "a mid-roll lies more than 1 s before the content's end (S44)"
    return None if step.at is not None else _no_ads_now(player)


def _no_ads_now(player: Player) -> str | None:
    if player.over or not player.now.plays or player.failed:
        return _NO_PLAY
    if player.inside:
        return "an ad plays; watch() ends its break"
    is_taken = any(abs(at - player.now.place) < 1e-6 for at, _ in player_places(player))
    return "another break lies at this place" if is_taken else None


def player_places(player: Player) -> list[tuple[float, Any]]:
    """The breaks of this item and their places."""
    return list(player.places[player.now.item.number].values())


def _no_seek(player: Player, step: Seek | Pause) -> str | None:
    to = step.to if isinstance(step, Seek) else step.seek
    if to is None:
        return None
    if player.inside:
        return "an ad plays; watch() ends its break"
    edge, window = player.now.edge, player.scenario.window
    if edge is not None:
        first = 0.0 if window is None else max(edge - window, 0.0)
        in_window = first <= to <= edge
        return None if in_window else f"the window is {first:g} to {edge:g} s"
    if abs(to - player.now.place) < _NUDGE:
        return f"it is at {player.now.place:g} s; so small a step is nobody's seek (S70)"
    if any(0 < at - to < _NUDGE for at, _ in player_places(player)):
        return "so shortly before a break it lies at the break (S1)"
    return None if to < player.end else f"the content ends at {player.end:g} s"


def _no_skip(player: Player, _: Skip) -> str | None:
    if player.stitched:
        return "an ad that lies in the stream is not skipped"
    return None if player.inside else "no ad was entered; into_ad() comes before it"


def _no_ad(player: Player, step: IntoAd) -> str | None:
    part = player.open or player.next_break()
    if part is None:
        waits = [each for each in player.waiting if each.pod.kind == "post"]
        part = waits[0] if waits else None
    if part is None:
        return "no break lies ahead"
    if step.number > len(part.pod.ads):
        return f"the next break has {len(part.pod.ads)} ads"
    ends = part.stops.get(step.number, (part.pod.ads[step.number - 1].length, ""))[0]
    behind = (
        player.open is part
        and player.inside
        and ((player.now.number, player.now.seen) >= (step.number, step.seconds))
    )
    return (
        "that moment is not ahead, or the ad is over by then"
        if (behind or step.seconds >= ends)
        else None
    )


def _no_to_end(player: Player, _: WatchToEnd) -> str | None:
    return "a live content does not end; exit()" if player.now.item.length is None else None


_IN_REST: Final = frozenset({Ads, Rate, Volume, Mute, FullScreen, Play, Wait, Next, Exit})
"""What makes sense while nothing plays."""


def _no_error(player: Player, step: Error) -> str | None:
    return "an ad plays; ads(fail=...) is for that" if step.fatal and player.inside else None


_CHECKS: Final[Mapping[type, Callable[[Player, Any], str | None]]] = {
    Ads: _no_ads,
    Play: _no_start,
    Wait: _no_wait,
    Next: _not_begun,
    Exit: _not_begun,
    Error: _no_error,
    Seek: _no_seek,
    Pause: _no_seek,
    Skip: _no_skip,
    IntoAd: _no_ad,
    WatchToEnd: _no_to_end,
}


# -- what each step does ---------------------------------------------------------------------------


def _play(player: Player, _: Play) -> None:
    first = not player.book.events
    player.say(
        "press",
        plays=True,
        shown=False,
        preroll=first and any(each.at < 0 for each in player.waiting),
    )
    player.failed = False
    player.spend("startup" if first else "interrupted", player.scenario.startup)
    if first:
        player.start_content()
    elif player.open is not None:
        player.say("resume", moving=True)
    else:
        player.say("frame", moving=True, shown=True)


def _watch(player: Player, step: Watch) -> None:
    player.watch(step.seconds)


def _watch_to_end(player: Player, _: WatchToEnd) -> None:
    player.watch(float("inf"))


def _pause(player: Player, step: Pause) -> None:
    player.say("pause", moving=False, plays=False)
    if step.seek is None:
        player.spend("paused", step.seconds)
    else:
        player.spend("paused", step.seconds / 2)
        player.jump(step.seek, min(0.5, step.seconds / 4))
        player.spend("paused", step.seconds / 2 - min(0.5, step.seconds / 4))
    player.say("resume", moving=True, plays=True)


def _seek(player: Player, step: Seek) -> None:
    player.jump(step.to, step.takes)


def _stall(player: Player, step: Stall) -> None:
    player.set(buffered=player.now.place if player.now.ad is None else player.now.buffered)
    player.hold("stall", "buffering", step.seconds, "fed", stalled=True)


def _into_ad(player: Player, step: IntoAd) -> None:
    while player.open is None:
        border = player.next_break()
        place = player.end if border is None else border.at
        player.spend("content_played", (place - player.now.place) / player.now.rate)
        player.set(place=place)
        player.reach(border)
    while player.now.number < step.number:
        player.play_ad()
    player.play_ad(step.seconds)
    player.inside = True


def _skip(player: Player, _: Skip) -> None:
    player.inside = False
    player.end_ad("ad_skip")


def _rate(player: Player, step: Rate) -> None:
    player.say("rate", rate=float(step.rate))


def _volume(player: Player, step: Volume) -> None:
    player.say("sound", volume=float(step.level))


def _mute(player: Player, step: Mute) -> None:
    player.say("sound", muted=step.on)


def _full_screen(player: Player, step: FullScreen) -> None:
    player.say("screen", full_screen=step.on)


def _background(player: Player, step: Background) -> None:
    player.say("hide", hidden=True)
    player.throttle = step.throttle
    player.watch(step.seconds)
    player.throttle = 0.0
    if not player.over:
        player.say("show", hidden=False)


def _sleep(player: Player, step: Sleep) -> None:
    player.set(moving=False)
    player.book.sleep(player.now, step.seconds, player.idle_timeout)
    player.spend("suspended", step.seconds, silent=True)
    player.set(moving=True)


def _error(player: Player, step: Error) -> None:
    if not step.fatal:
        player.say("warning", reason=step.reason)
        return
    player.say("error", moving=False, plays=False, reason=step.reason)
    player.failed = True


def _wait(player: Player, step: Wait) -> None:
    if not player.book.events or player.now.ended:
        player.set(at=player.now.at + step.seconds)
    else:
        player.spend("interrupted", step.seconds)


def _exit(player: Player, _: Exit) -> None:
    post = any(each.pod.kind == "post" for each in player.waiting)
    player.book.leave(player.now, last=not (player.more or post))
    player.say("leave", moving=False)
    player.over = True


def _next(player: Player, step: Next, index: int) -> None:
    """The item before is left where it is, or was watched to its end."""
    now = player.now
    player.set(after_end=now.ended, after_post=now.ended and now.kind == "break_end")
    player.book.behind[now.item.name] = (
        player.book.media.get(now.item.name, 0.0) if now.item.length is None else now.item.length
    )
    player.set(moving=False, origin=now.place)
    player.spend("gap", _BETWEEN)
    number = now.item.number + 1
    item = Item(step.name or f"item-{number + 1}", step.length, number)
    player.set(item=item, place=0.0, ended=False, shown=False, buffered=None)
    player.set(ad=None, pod=None, seen=0.0, number=0)
    player.open, player.inside, player.failed = None, False, False
    player.load(index + 1)
    player.say("item")
    player.load(index + 1)
    player.spend("gap", _BETWEEN)
    player.say("press", plays=True, preroll=any(each.at < 0 for each in player.waiting))
    player.spend("gap", player.scenario.startup)
    player.start_content()


_ACTS: Final[Mapping[type, Callable[[Player, Any], None]]] = {
    Play: _play,
    Watch: _watch,
    WatchToEnd: _watch_to_end,
    Pause: _pause,
    Seek: _seek,
    Stall: _stall,
    IntoAd: _into_ad,
    Skip: _skip,
    Rate: _rate,
    Volume: _volume,
    Mute: _mute,
    FullScreen: _full_screen,
    Background: _background,
    Sleep: _sleep,
    Error: _error,
    Wait: _wait,
    Exit: _exit,
}
