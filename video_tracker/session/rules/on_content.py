"""The inputs that say which content plays, and how the session ends."""

import math
from typing import Any

import attrs

from video_tracker.errors import PlanError
from video_tracker.plan import Content, SessionPlan
from video_tracker.session.data.state import Announced, State
from video_tracker.session.effects import halts, ledger, motion, pods, positions
from video_tracker.session.rules import (
    breaks,
    doors,
    doubts,
    ends,
    lengths,
    on_attributes,
    on_motion,
    settle,
    values,
)
from video_tracker.signals import Load


def on_load(
    s: State,
    at: float,
    plan: Any,
    duration: Any,
    livestream: Any,
    next_item: Any,
    content: Any,
    positions: Any,
) -> None:
    if s.where == "over":
        load_after_end(s, at, plan, duration, livestream, next_item, content)
        return
    if not s.may_enter("load", at):
        return
    if s.ended == "timeout":
        s.loaded_again = True
    said = values.instance_told(s, content, Content, at, "load")
    learn_of_plan(s, at, plan)
    live = values.flag_told(s, livestream, at, "load")
    another = values.flag_told(s, next_item, at, "load") is True or is_other_source(s, said)
    if another and goes_on(s):
        announce(s, at, said, duration, live)
    elif not another and s.announced is not None and s.where == "content":
        learn_of_announced(s, at, said, duration, live)
    else:
        if another:
            load_next(s, at, said)
        learn_of_content(s, at, said, duration, live, positions)


def learn_of_plan(s: State, at: float, plan: Any) -> None:
    """A plan that becomes known with what is loaded (S51)."""
    planned = values.instance_told(s, plan, SessionPlan, at, "load")
    if planned is not None:
        take_plan(s, planned)
        on_attributes.take_plan(s, at, planned)


def learn_of_content(
    s: State, at: float, said: Content | None, duration: Any, live: bool | None, party: Any
) -> None:
    """What the player says of the content that it loads."""
    if said is not None:
        take_said(s, said)
    if live is not None and live != s.asset.live:
        pods.tell_liveness(s, live, at)
    lengths.take_party(s, party, at)
    if duration is not None:
        lengths.take_duration(s, duration, at, "load")


def announce(s: State, at: float, said: Content | None, duration: Any, live: bool | None) -> None:
    """The next item is loaded while content plays on: it waits for its turn (S92)."""
    seconds = values.seconds_told(s, duration, at, "load") or None
    s.announced = Announced(at, said, seconds, live)


def load_after_end(
    s: State, at: float, plan: Any, duration: Any, livestream: Any, next_item: Any, content: Any
) -> None:
    """What is loaded after the end is the next session's, and a next item asks for it (S24)."""
    told: dict[str, Any] = {
        "plan": values.instance_told(s, plan, SessionPlan, at, "load"),
        "livestream": values.flag_told(s, livestream, at, "load"),
        "content": values.instance_told(s, content, Content, at, "load"),
    }
    if duration != math.inf:
        told["duration"] = values.seconds_told(s, duration, at, "load")
    known = {name: value for name, value in told.items() if value is not None}
    if known:
        s.next_load = attrs.evolve(s.next_load or Load(at), at=at, **known)
    if values.flag_told(s, next_item, at, "load") is True:
        want_next(s, at, "load", told["content"])
    else:
        s.may_enter("load", at)


def want_next(s: State, at: float, name: str, content: Content | None) -> None:
    """Another content after the end: a new session begins with it (S24)."""
    index = pods.index_after(s, content)
    if index is None and content is not None and content.asset_id is not None:
        s.timeline = s.timeline.with_content(content)
        index = len(s.timeline.assets) - 1
    s.next_index = len(s.timeline.assets) if index is None else index
    s.ignored(at, name, "replay")
    s.wants_restart = True


def load_next(s: State, at: float, said: Content | None) -> None:
    """The next playlist item is loaded: what played before is left, or completed at its end."""
    if s.where == "idle" or not (
        s.begun or s.completed or s.where in ("ad", "ad_break") or s.ads_started
    ):
        return
    doors.leave_asset(s, at, "load")
    enter_next(s, said)


def learn_of_announced(
    s: State, at: float, said: Content | None, duration: Any, live: bool | None
) -> None:
    """What is said of a source while the next one is loaded is of that one (S92)."""
    item, seconds = s.announced, values.seconds_told(s, duration, at, "load") or None
    if item is not None:
        s.announced = Announced(
            item.at,
            item.content if said is None else said,
            item.duration if seconds is None else seconds,
            item.live if live is None else live,
        )


def is_other_source(s: State, said: Content | None) -> bool:
    """Whether the player shows another content than the one that it named before (S83)."""
    if said is None or said.asset_id is None:
        return False
    before = s.asset.told_id
    return before is not None and before != said.asset_id


def goes_on(s: State) -> bool:
    """Whether content goes on playing though the next item is loaded already (S92)."""
    going_on = s.where == "content" and s.how in ("playing", "buffering", "seeking")
    return going_on and not positions.near_content_end(s)


def enter_next(s: State, said: Content | None) -> None:
    """The next item of the playlist is the current one, with what the player says of it."""
    s.goes("next_item")
    s.moves("settle")
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
    told_id = said.asset_id or asset.told_id
    changed = attrs.evolve(s.asset, named=asset.named, told_id=told_id)
    s.timeline = s.timeline.with_asset(s.asset_index, changed)


def take_plan(s: State, plan: SessionPlan) -> None:
    """Contents and breaks that became known while the session lives."""
    for place, content in enumerate(plan.contents):
        if is_current(s, place, content):
            pods.take_content(s, content)
        elif pods.index_after(s, content) is None:
            s.timeline = s.timeline.with_content(content)
    s.timeline = s.timeline.replace_breaks(plan.ad_breaks)


def is_current(s: State, place: int, content: Content) -> bool:
    asset = s.asset
    if content.asset_id is not None and content.asset_id == asset.asset_id:
        return True
    return place == 0 and (not asset.named or content.asset_id is None)


def on_content_start(s: State, at: float, asset_id: Any, place: float | None) -> None:
    content = as_content(s, asset_id, at, "content_start")
    other = is_other(s, content)
    if s.where == "over":
        start_after_end(s, at, content if other else None)
        return
    if s.where == "content" and (not other):
        s.ignored(at, "content_start", "content_already_open")
        return
    if not s.may_enter("content_start", at):
        return
    if s.where == "idle":
        begin_with(s, at, content, place)
        return
    close_break_for_content(s, at)
    if s.where != "content":
        motion.free_way(s, at, "content_start")
    if other or (s.where == "after_content" and content is None):
        place = enter_content(s, at, content, place)
    elif content is not None:
        pods.take_content(s, content)
    if s.where == "after_content":
        s.goes("next_item")
        s.moves("settle")
    ledger.accrue(s, at)
    doors.content_shows(s, at, place)


def enter_content(
    s: State, at: float, content: Content | None, place: float | None
) -> float | None:
    """Another content takes the place of what plays, or of what has ended.

    Returns:
        Where it begins: the next programme of a stream goes on with the stream's clock.
    """
    same_stream = s.live and s.where == "content"
    doors.leave_asset(s, at, "content_start")
    reached = s.position
    s.goes("next_item")
    s.moves("settle")
    pods.next_asset(s, content)
    if not same_stream or s.asset.content.livestream is False:
        return place
    if s.asset.content.livestream is None:
        pods.tell_liveness(s, True, at)
    return reached  # the next programme of a stream whose clock runs on


def start_after_end(s: State, at: float, other: Content | None) -> None:
    """Content starts after the end, the same or another: a new session (S24)."""
    if other is not None:
        want_next(s, at, "content_start", other)
    else:
        on_motion.play_again(s, at, "content_start")


def begin_with(s: State, at: float, content: Content | None, place: float | None) -> None:
    """The session begins with a content that starts, though nobody said play."""
    if is_other(s, content):
        choose_first(s, content)
    elif content is not None:
        pods.take_content(s, content)
    motion.begin_playback(s, at, place, "content_start")
    doors.content_shows(s, at, place)


def as_content(s: State, told: Any, at: float, name: str) -> Content | None:
    if isinstance(told, Content):
        return told
    asset_id = values.text_told(s, told, at, name)
    if asset_id is None:
        return None
    try:
        return Content(asset_id=asset_id)
    except PlanError:
        s.ignored(at, name, "invalid_value")
        return None


def is_other(s: State, content: Content | None) -> bool:
    """Whether this is another content than the current one."""
    if content is None or content.asset_id is None:
        return False
    asset = s.asset
    if not asset.named and not s.begun:
        return False
    return content.asset_id != asset.asset_id


def choose_first(s: State, content: Content | None) -> None:
    """The session begins with this content of the playlist."""
    index = pods.index_after(s, content)
    if index is None:
        s.timeline = s.timeline.with_content(content)
        index = len(s.timeline.assets) - 1
    pods.enter_asset(s, index)


def close_break_for_content(s: State, at: float) -> None:
    """Content starts though a break is open: the break's end was lost (S61)."""
    if s.where not in ("ad", "ad_break"):
        return
    doors.end_lost_ad(s, at, "content_start")
    doors.leave_break(s, "content_moves_on")
    halts.clear_moved(s)


def on_content_end(s: State, at: float, place: float | None) -> None:
    if not s.may_enter("content_end", at):
        return
    if s.where == "ad_break":
        if s.begun:
            pods.complete_asset(s)
        return
    ends.end_or_doubt(s, at, place)


def on_end(s: State, at: float, place: float | None) -> None:
    if not s.may_enter("end", at):
        return
    if s.where == "content" or (s.where == "starting" and s.held.opening_at is not None):
        ends.end_for_good(s, at, place, "end")
    elif s.where in ("ad", "ad_break"):
        end_break(s, at)
    else:
        ledger.accrue(s, at if s.where != "after_content" else s.accrued)
    ends.finish_playback(s, at)


def end_break(s: State, at: float) -> None:
    """The player is finished though a break is open."""
    if s.where == "ad":
        doors.leave_ad(s, at, "end")
    breaks.close_ad_break(s, at)


def on_exit(s: State, at: float, place: float | None) -> None:
    if s.where == "idle":
        s.goes("exit")
        s.over_at = at
        s.ended = "exited"
        return
    if not s.may_enter("exit", at):
        return
    if s.where == "after_content":
        leave_after_content(s, at)
        return
    if s.where == "starting" and (s.held.error_at is not None):
        doors.error_stops(s, at)
    if not positions.near_content_end(s):
        doubts.pause_was_real(s)
    moves = s.how == "playing" and s.where in ("content", "ad")
    at_end = place is None or not is_fresh_start(s, place)
    ledger.accrue(s, at, place if moves and at_end else None)
    if s.where == "content" and positions.reached_content_end(s) and not leaves_early(s):
        doors.prepare_end(s, at, s.position, "exit")
        doors.end_content(s, at)
        leave_after_content(s, at)
        return
    leave_playback(s, at)


def leave_after_content(s: State, at: float) -> None:
    """Who leaves when a planned post-roll has not shown exits; else all was played (S75)."""
    if breaks.post_roll_due(s):
        ledger.accrue(s, at)
        pods.exit_playback(s, at)
    else:
        pods.complete_playback(s, s.accrued)


def is_fresh_start(s: State, place: float) -> bool:
    """A torn-down element says 0: no position of a content that was playing elsewhere."""
    return place == 0 and s.position > 1


def leaves_early(s: State) -> bool:
    """Near the end, but not by playing there."""
    return s.how in ("seeking", "seeking_paused", "interrupted")


def leave_playback(s: State, at: float) -> None:
    settle.settle(s, at, "exit", "exit")
    if breaks.post_roll_is_done(s):
        breaks.close_ad_break(s, at)
        pods.complete_playback(s, s.accrued)
        return
    pods.exit_playback(s, at)
