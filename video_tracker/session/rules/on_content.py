"""The inputs that say which content plays, and how the session ends."""

import math
from typing import Any

import attrs

from video_tracker.plan import Content, SessionPlan
from video_tracker.session.data.state import Announced, State
from video_tracker.session.data.timeline import POST
from video_tracker.session.effects import ledger, motion, pods, positions, words
from video_tracker.session.rules import (
    breaks,
    doors,
    doubts,
    lengths,
    on_attributes,
    settle,
    values,
)
from video_tracker.signals import Load


def on_load(
    s: State, at: float, plan: Any, duration: Any, live: Any, another: Any, said: Any, party: Any
) -> None:
    if s.where == "over":
        load_after_end(s, at, plan, duration, live, another, said)
        return
    if s.ended == "timeout":
        s.loaded_again = True
    said = values.instance_told(s, said, Content, at, "load")
    plan = values.instance_told(s, plan, SessionPlan, at, "load")
    if plan is not None:
        take_plan(s, at, plan)
    live = values.instance_told(s, live, bool, at, "load")
    named = None if said is None else said.asset_id  # other than the one shown before (S83)
    other = named is not None and s.asset.told_id not in (None, named)
    another = values.instance_told(s, another, bool, at, "load") is True or other
    goes_on = s.where == "content" and s.how in ("playing", "buffering", "seeking")  # (S92)
    item = s.announced if not another and s.where == "content" else None
    if another and goes_on and not positions.near_content_end(s):
        item = Announced(at)
    if item is not None:
        announce(s, at, item, said, duration, live, party)
    else:
        played = s.begun or s.completed or s.where in ("ad", "ad_break") or s.ads_started
        if another and played and s.where != "idle":
            enter_next(s, at, said)
        learn_of_content(s, at, said, duration, live, party)


def learn_of_content(
    s: State, at: float, said: Content | None, duration: Any, live: bool | None, party: Any = None
) -> None:
    if said is not None:
        take_said(s, said)
    if live is not None and live != s.asset.live:
        pods.tell_liveness(s, live, at)
    lengths.take_party(s, party, at)
    lengths.take_duration(s, duration, at, "load")


def announce(
    s: State, at: float, item: Announced, said: Any, duration: Any, live: Any, party: Any
) -> None:
    """The next item is loaded while content plays on: it waits, with what is said of it (S92)."""
    seconds = values.seconds_told(s, duration, at, "load") or None
    party = values.text_told(s, party, at, "load")
    told = {"content": said, "duration": seconds, "live": live, "positions": party}
    known: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    s.announced = attrs.evolve(item, **known)


def load_after_end(
    s: State, at: float, plan: Any, duration: Any, live: Any, another: Any, said: Any
) -> None:
    """What is loaded after the end is the next session's, and a next item asks for it (S24)."""
    told: dict[str, Any] = {
        "plan": values.instance_told(s, plan, SessionPlan, at, "load"),
        "livestream": values.instance_told(s, live, bool, at, "load"),
        "content": values.instance_told(s, said, Content, at, "load"),
    }
    if duration != math.inf:
        told["duration"] = values.seconds_told(s, duration, at, "load")
    known = {name: value for name, value in told.items() if value is not None}
    if known:
        s.next_load = attrs.evolve(s.next_load or Load(at), at=at, **known)
    if values.instance_told(s, another, bool, at, "load") is True:
        want_next(s, at, "load", told["content"])
    else:
        s.may_enter("load", at)


def want_next(s: State, at: float, name: str, content: Content | None) -> None:
    """Another content after the end: a new session begins with it (S24)."""
    index = pods.index_after(s, content)
    s.next_index = len(s.timeline.assets) if index is None else index
    if index is None and content is not None and content.asset_id is not None:
        s.timeline = s.timeline.with_content(content)
    s.ignored(at, name, "replay")
    s.wants_restart = True


def enter_next(s: State, at: float, said: Content | None) -> None:
    """The next item of the playlist begins: the old one is left, or completed at its end."""
    doors.leave_asset(s, at, "load")
    pods.next_asset(s, said if pods.index_after(s, said) is not None else None)


def take_said(s: State, said: Content) -> None:
    """What the player says of its content fills what nobody has said (S12)."""
    index = pods.index_after(s, said) if said.asset_id is not None else None
    if s.where == "idle" and index is not None:
        pods.enter_asset(s, index)  # the playlist does not begin with its first content
    asset, contents = s.asset, s.plan.contents
    own = contents[s.asset_index] if s.asset_index < len(contents) else Content()
    known = {
        field.name: getattr(said, field.name)
        for field in attrs.fields(Content)
        if getattr(own, field.name) in (None, (), {})
    }
    if asset.named or s.begun or index is not None:
        known.pop("asset_id", None)
    pods.take_content(s, Content(**known))
    # It is no name that somebody gave it: one from a plan may still come.
    changed = attrs.evolve(s.asset, named=asset.named, told_id=said.asset_id or asset.told_id)
    s.timeline = s.timeline.with_asset(s.asset_index, changed)


def take_plan(s: State, at: float, plan: SessionPlan) -> None:
    """Contents and breaks that became known while the session lives, and all beside them (S51)."""
    for place, content in enumerate(plan.contents):
        unnamed = place == 0 and (not s.asset.named or content.asset_id is None)
        if unnamed or content.asset_id == s.asset.asset_id:
            pods.take_content(s, content)
        elif pods.index_after(s, content) is None:
            s.timeline = s.timeline.with_content(content)
    s.timeline = s.timeline.replace_breaks(plan.ad_breaks)
    on_attributes.take_plan(s, at, plan)


def on_content_start(s: State, at: float, asset_id: Any, place: float | None) -> None:
    content = as_content(s, asset_id, at, "content_start")
    other = is_other(s, content)
    if s.where == "over" and other:
        want_next(s, at, "content_start", content)
    elif s.where == "over":
        doors.play_again(s, at, "content_start")  # a new session (S24)
    elif s.where == "content" and not other:
        s.ignored(at, "content_start", "content_already_open")
    elif s.may_enter("content_start", at):
        begin_content(s, at, content, place)


def begin_content(s: State, at: float, content: Content | None, place: float | None) -> None:
    other = is_other(s, content)
    if s.where in ("ad", "ad_break"):  # the break's end was lost (S61)
        doors.end_lost_ad(s, at, "content_start")
        doors.leave_break(s, "content_moves_on")
    if s.where not in ("idle", "content"):
        motion.free_way(s, at, "content_start")
    if s.where == "idle" and other:
        pods.next_asset(s, content)
    elif other or (s.where == "after_content" and content is None):
        place = enter_content(s, at, content, place)
    elif content is not None:
        pods.take_content(s, content)
    if s.where == "idle":  # nobody said play
        motion.begin_playback(s, at, place, "content_start")
    elif s.where == "after_content":
        s.goes("next_item")
        s.moves("settle")
    ledger.accrue(s, at)
    doors.content_shows(s, at, place)


def enter_content(
    s: State, at: float, content: Content | None, place: float | None
) -> float | None:
    """Another content takes the place of what plays, or of what has ended; where it begins."""
    same_stream = s.live and s.where == "content"
    doors.leave_asset(s, at, "content_start")
    reached = s.position
    pods.next_asset(s, content)
    if not same_stream or s.asset.content.livestream is False:
        return place
    if s.asset.content.livestream is None:
        pods.tell_liveness(s, True, at)
    return reached  # the next programme of a stream whose clock runs on


def as_content(s: State, told: Any, at: float, name: str) -> Content | None:
    if isinstance(told, Content):
        return told
    asset_id = values.text_told(s, told, at, name)
    return None if asset_id is None else Content(asset_id=asset_id)


def is_other(s: State, content: Content | None) -> bool:
    """Whether this is another content than the current one."""
    if content is None or content.asset_id is None or not (s.asset.named or s.begun):
        return False
    return content.asset_id != s.asset.asset_id


def on_content_end(s: State, at: float, place: float | None) -> None:
    if s.where != "ad_break":
        doors.end_or_doubt(s, at, place)
    elif s.begun:
        s.completed = s.ever_completed = True


def on_end(s: State, at: float, place: float | None) -> None:
    if s.where == "content" or (s.where == "starting" and s.held.opening_at is not None):
        doors.end_for_good(s, at, place, "end")
    elif s.where in ("ad", "ad_break"):
        doors.close_ad_break(s, at, "end")
    elif s.where != "after_content":
        ledger.accrue(s, at)
    words.go_on(s, at)
    if s.begun or s.ever_completed:
        pods.complete_playback(s, s.accrued)
    else:
        s.repaired(at, "end", "ended_without_content")
        pods.exit_playback(s, at)


def on_exit(s: State, at: float, place: float | None) -> None:
    if s.where == "idle":
        s.goes("exit")
        s.over_at, s.ended = at, "exited"
        return
    if s.where == "after_content":
        leave_after_content(s, at)
        return
    if s.where == "starting":
        doors.error_stops(s, at)
    if not positions.near_content_end(s):
        doubts.pause_was_real(s)
    if place == 0 and s.position > 1:
        place = None  # a torn-down element says 0: it was playing elsewhere
    moves = s.how == "playing" and s.where in ("content", "ad")
    ledger.accrue(s, at, place if moves else None)
    played_there = s.how not in ("seeking", "seeking_paused", "interrupted")
    if s.where == "content" and positions.reached_content_end(s) and played_there:
        doors.end_for_good(s, at, s.position, "exit")
        leave_after_content(s, at)
        return
    settle.settle(s, at, "exit", "exit")
    if breaks.is_played_out(s):
        doors.close_ad_break(s, at, "exit")
        pods.complete_playback(s, s.accrued)
    else:
        pods.exit_playback(s, at)


def leave_after_content(s: State, at: float) -> None:
    """Who leaves when a planned post-roll has not shown exits; else all was played (S75)."""
    if breaks.to_come(s, POST):
        ledger.accrue(s, at)
        pods.exit_playback(s, at)
    else:
        pods.complete_playback(s, s.accrued)
