"""The inputs that say what the player's attributes are."""

from collections.abc import Mapping
from typing import Any

import attrs

from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import FASTEST, LOUDEST, NEAR
from video_tracker.session.effects import ledger, positions, words
from video_tracker.session.rules import doors, doubts, lengths, on_motion, values


def on_quality(
    s: State, at: float, bitrate: Any, framerate: Any, quality: Any, dropped: Any
) -> None:
    if not s.may_enter("quality", at):
        return
    rate = values.number_told(s, bitrate, at, "quality")
    frames = values.number_told(s, framerate, at, "quality")
    label = values.text_told(s, quality, at, "quality")
    lost = values.number_told(s, dropped, at, "quality")
    before = (s.player, s.dropped_frames)
    changes = {"bitrate": rate, "framerate": frames, "quality": label}
    change_player(s, changes)
    if lost is not None:
        s.dropped_frames = float(int(lost))
    if (s.player, s.dropped_frames) == before:
        s.ignored(at, "quality", "unchanged")
    elif doubts.in_doubt(s) or (
        s.startup_time is None and s.where in ("idle", "starting", "ad_break")
    ):
        place = (
            float(positions.playback_position(s)) if s.where not in ("idle", "starting") else None
        )
        s.qualities = (*s.qualities, at, s.player.bitrate, s.player.framerate, place)
    else:
        words.say_quality(s, at, s.player.bitrate, s.player.framerate)


def change_player(s: State, changes: Mapping[str, Any]) -> None:
    known = {
        name: value
        for name, value in changes.items()
        if value is not None and value != getattr(s.player, name)
    }
    if known:
        s.take_player(attrs.evolve(s.player, **known))


def on_update(
    s: State,
    at: float,
    sound: Any,
    full_screen: Any,
    ad_enabled: Any,
    playback_rate: Any,
    duration: Any,
    live_edge: Any,
    start_date: Any,
    properties: Any,
) -> None:
    if not s.may_enter("update", at):
        return
    loud = values.number_told(s, sound, at, "update")
    change_player(
        s,
        {
            "sound": None if loud is None else min(loud, LOUDEST),
            "full_screen": values.flag_told(s, full_screen, at, "update"),
            "ad_enabled": values.flag_told(s, ad_enabled, at, "update"),
        },
    )
    if duration is not None:
        lengths.take_duration(s, duration, at, "update")
    take_live_clock(s, at, live_edge, start_date)
    if playback_rate is not None:
        take_rate(s, at, values.number_told(s, playback_rate, at, "update"))
    custom = values.custom_told(properties)
    if custom is not None:
        s.properties = {**s.properties, **custom}
    elif properties is not None:
        s.ignored(at, "update", "invalid_value")


def take_live_clock(s: State, at: float, live_edge: Any, start_date: Any) -> None:
    """Where a livestream's edge lies, and what its clock's zero is in Unix seconds (S8)."""
    edge = values.moment_told(s, live_edge, at, "update")
    if edge is not None:
        s.live_origin = at - edge
    date = values.moment_told(s, start_date, at, "update")
    if date is not None:
        s.start_date = date


def take_rate(s: State, at: float, rate: float | None) -> None:
    """A new playback rate; 0 while playing is a stall, and never divides anything (S74)."""
    if rate is None or rate > FASTEST:
        return
    stalls = s.how == "playing" and s.where in ("content", "ad")
    s.frozen = rate == 0
    if rate == 0:
        if stalls:
            on_motion.on_buffer_start(s, at, None)
        return
    if s.how == "buffering":
        doors.end_stall(s, at, "update")
    elif stalls and rate != s.rate and (s.where == "content") and (at > s.accrued):
        s.turned_media = ledger.rate_over(s, at) * (at - s.accrued)
        s.turned_at = at
        s.tune()
    s.rate = float(rate)


def split_at_rate(s: State, at: float) -> None:
    """The time before a change of rate was played at the old one, so far as it is believed."""
    if at - s.accrued <= NEAR and s.where == "content":
        ledger.accrue(s, at)
        s.estimated = False
