"""The inputs that say what the player's attributes are."""

from collections.abc import Mapping
from typing import Any

import attrs

from video_tracker.events import EVENTS, OwnEvent
from video_tracker.plan import SessionPlan, Settings
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import FASTEST, FASTEST_PLAY, LATEST_TIME, LOUDEST
from video_tracker.session.effects import annotations, ledger, motion, pods, positions, words
from video_tracker.session.rules import doors, leaps, on_motion, settle, values


def on_quality(s: State, at: float, bitrate: Any, framerate: Any, quality: Any, lost: Any) -> None:
    before = (s.player, s.dropped_frames)
    told = {
        "bitrate": values.number_told(s, bitrate, at, "quality"),
        "framerate": values.number_told(s, framerate, at, "quality"),
        "quality": values.text_told(s, quality, at, "quality"),
    }
    change_player(s, told)
    lost = values.number_told(s, lost, at, "quality")
    if lost is not None:
        s.dropped_frames = float(int(lost))
    unstarted = s.where in ("idle", "starting")
    if (s.player, s.dropped_frames) == before:
        s.ignored(at, "quality", "unchanged")
    elif settle.in_doubt(s) or (s.startup_time is None and (unstarted or s.where == "ad_break")):
        place = None if unstarted else positions.playback_position(s)
        s.qualities = (*s.qualities, at, s.player.bitrate, s.player.framerate, place)
    else:
        words.say_quality(s, at, s.player.bitrate, s.player.framerate)


def news(known: object, told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in told.items() if each not in (None, getattr(known, name))}


def change_player(s: State, told: Mapping[str, Any]) -> None:
    changes = news(s.player, told)
    if changes:
        s.change_player(changes)


def take_plan(s: State, at: float, plan: SessionPlan) -> None:
    """What became known while the session lives (S51); another viewer is counted (S50, S60)."""
    for place, content in enumerate(plan.contents):
        unnamed = place == 0 and (not s.asset.named or content.asset_id is None)
        if unnamed or content.asset_id == s.asset.asset_id:
            pods.take_content(s, content)
        elif pods.index_after(s, content) is None:
            s.timeline = s.timeline.with_content(content)
    s.timeline = s.timeline.replace_breaks(plan.ad_breaks)
    told = attrs.asdict(plan.player)
    live = told.pop("livestream")
    change_player(s, told)
    if live is not None and live != s.asset.live:
        pods.tell_liveness(s, live, at)
    take_customs(s, plan.properties, plan.context, plan.integrations)
    take_viewer(s, "load", plan.user_id, plan.anonymous_id)
    if plan.settings not in (Settings(), s.settings):
        s.ignored(at, "load", "fixed_for_session")


def take_viewer(s: State, name: str, user_id: str | None, anonymous_id: str | None) -> None:
    """Who watches, where nobody said it yet; a session has one viewer (S50, S60)."""
    told = news(s, {"user_id": user_id, "anonymous_id": anonymous_id})
    read = {known: values.text_told(s, value, s.clock, name) for known, value in told.items()}
    changes = news(s, read)  # also as it is read, it may be who was named before
    other = any(getattr(s, known) is not None for known in changes)
    for known, value in changes.items():
        if other:
            s.ignored(s.clock, name, "fixed_for_session")
        else:
            setattr(s, known, value)


def take_customs(s: State, *told: Mapping[str, Any] | None) -> None:
    for name, more in zip(("properties", "context_told", "integrations_told"), told, strict=True):
        if more:
            setattr(s, name, {**getattr(s, name), **more})


def on_emit(s: State, at: float, name: Any, properties: Any) -> None:
    if not isinstance(name, str) or name in ("", *EVENTS):
        s.ignored(at, "emit", "invalid_value")
        return
    told = values.custom_told(s, properties, at, "emit") or {}
    with annotations.told(s, {**(s.annotation or {}), "properties": told}):
        words.say_playback(s, OwnEvent, at, name)


def on_update(s: State, at: float, *told: Any) -> None:
    sound, full_screen, ad_enabled, rate, duration, edge, date, *customs = told
    loud = values.number_told(s, sound, at, "update")
    if loud is not None and loud > LOUDEST:
        s.repaired(at, "update", "out_of_range")
    looks = {
        "sound": None if loud is None else min(loud, LOUDEST),
        "full_screen": values.instance_told(s, full_screen, bool, at, "update"),
        "ad_enabled": values.instance_told(s, ad_enabled, bool, at, "update"),
    }
    change_player(s, looks)
    values.take_duration(s, duration, at, "update")
    edge = values.number_told(s, edge, at, "update", LATEST_TIME)
    if edge is not None:
        s.live_origin = at - edge
    date = values.number_told(s, date, at, "update", LATEST_TIME)  # its clock's zero (S8)
    if date is not None:
        s.start_date = float(date)
    rate = values.kept(s, rate, values.is_number(rate) and abs(rate) <= FASTEST, at, "update")
    if rate is not None:
        take_rate(s, at, float(rate))
    take_customs(s, *(values.custom_told(s, custom, at, "update") for custom in customs))


def take_rate(s: State, at: float, rate: float) -> None:
    """A new playback rate; 0 while playing is a stall (S74), beyond 0 to 4 it is a seek (S70)."""
    leaps.jumped(s)
    if not 0.0 <= rate <= FASTEST_PLAY:
        # Running forward or back is one seek, from where it began to where it ends.
        moves = s.how in ("playing", "paused", "buffering") and not s.trick_play
        if moves and s.where == "content":
            ledger.accrue(s, at)
            pods.confirm_opening(s)
            motion.stall_over(s, at, "update")
            motion.begin_seek(s, at, None)
            s.trick_play = True
        return
    if s.trick_play:
        doors.end_trick_play(s, at)
    stalls = s.how == "playing" and s.where in ("content", "ad")
    s.frozen = rate == 0
    if rate == 0:
        if stalls:
            on_motion.on_buffer_start(s, at, None)
        return
    if s.how == "buffering":
        doors.end_stall(s, at, "update")
    elif stalls and rate != s.rate and at > s.accrued:
        s.turned_media = ledger.rate_over(s, at) * (at - s.accrued)
        s.turned_at = at
    s.rate_told = None
    s.rate = rate
    s.tune()
