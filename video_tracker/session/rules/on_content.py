"""The inputs that say which content plays, and how the session ends."""

import math
from typing import Any

import attrs

from video_tracker.plan import Ad, Content, SessionPlan
from video_tracker.session.data.input import AD, Input
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import POST, PRE
from video_tracker.session.data.tolerances import EARLY_END, LEAP, NEAR, NUDGE
from video_tracker.session.effects import adverts, ledger, motion, pods, positions, words
from video_tracker.session.rules import breaks, doors, on_attributes, settle, values
from video_tracker.signals import Load


def on_load(
    s: State, at: float, plan: Any, duration: Any, live: Any, another: Any, said: Any, party: Any
) -> None:
    another = values.instance_told(s, another, bool, at, "load") is True
    told = Load(
        at,
        plan=values.instance_told(s, plan, SessionPlan, at, "load"),
        duration=duration,
        livestream=values.instance_told(s, live, bool, at, "load"),
        content=values.instance_told(s, said, Content, at, "load"),
        positions=values.kept(s, party, party in ("content", "stream"), at, "load"),
    )
    if s.where != "over":
        load_item(s, at, told, another)
        return
    # What is loaded after the end is the next session's, and a next item asks for it (S24).
    s.next_load = with_what_is_said(s, at, s.next_load, told)
    if another:
        want_next(s, at, "load", told.content)
    else:
        s.may_enter("load", at)


def load_item(s: State, at: float, told: Load, another: bool) -> None:
    if s.ended == "timeout":
        s.loaded_again = True
    if told.plan is not None:
        on_attributes.take_plan(s, at, told.plan)
    named = None if told.content is None else told.content.asset_id
    if named is not None and s.asset.told_id not in (None, named):
        another = True  # another one than was shown before (S83)
    goes_on = s.where == "content" and s.how in ("playing", "buffering", "seeking")
    ahead = another and goes_on and not positions.near_content_end(s)
    if ahead or (s.announced is not None and not another and s.where == "content"):
        # It waits while content plays on, with what is said of it (S92).
        known = None if another else s.announced
        s.announced = with_what_is_said(s, at, known, attrs.evolve(told, plan=None)) or Load(at)
        return
    played = s.begun or s.completed or s.where in ("ad", "ad_break") or s.ads_started
    if another and played:
        enter_next(s, at, told.content)
    learn_of_content(s, at, told)


def with_what_is_said(s: State, at: float, known: Load | None, told: Load) -> Load | None:
    """What was known of an item that does not play yet, and what is said of it now."""
    seconds = None
    if told.duration != math.inf:
        seconds = values.seconds_told(s, told.duration, at, "load") or None
    said = attrs.asdict(attrs.evolve(told, duration=seconds), recurse=False)
    parts = ("plan", "duration", "livestream", "content", "positions")
    news = {name: said[name] for name in parts if said[name] is not None}
    return attrs.evolve(known or Load(at), at=at, **news) if news else known


def learn_of_content(s: State, at: float, told: Load) -> None:
    live, party = told.livestream, told.positions
    if told.content is not None:
        take_said(s, told.content)
    if live is not None and live != s.asset.live:
        pods.tell_liveness(s, live, at)
    if party == "content":  # who takes the ads of a stream out of the positions (S78): the player
        s.converted, s.stitch = True, None
        s.tune()
    elif party == "stream":  # or the session
        s.converted = False
        values.become_stitched(s).planned |= s.settings.ads == "stitched"
        values.lay_out(s, at)
    values.take_duration(s, told.duration, at, "load")


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
    names = [field.name for field in attrs.fields(Content)]
    known = {name: getattr(said, name) for name in names if getattr(own, name) in (None, (), {})}
    if asset.named or s.begun or index is not None:
        known.pop("asset_id", None)
    pods.take_content(s, Content(**known))
    # It is no name that somebody gave it: one from a plan may still come.
    changed = attrs.evolve(s.asset, named=asset.named, told_id=said.asset_id or asset.told_id)
    s.timeline = s.timeline.with_asset(s.asset_index, changed)


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
        same_stream = s.live and s.where == "content"
        doors.leave_asset(s, at, "content_start")
        reached = s.position
        pods.next_asset(s, content)
        if same_stream and s.asset.content.livestream is not False:
            place = reached  # the next programme of a stream whose clock runs on
            if s.asset.content.livestream is None:
                pods.tell_liveness(s, True, at)
    elif content is not None:
        pods.take_content(s, content)
    place = values.seconds_told(s, place, at, "content_start", s.duration)
    if s.where == "idle":  # nobody said play
        motion.begin_playback(s, at, place, "content_start")
    elif s.where == "after_content":
        s.goes("next_item")
        s.moves("settle")
    ledger.accrue(s, at)
    doors.content_shows(s, at, place)


def as_content(s: State, told: Any, at: float, name: str) -> Content | None:
    if isinstance(told, Content):
        return told
    asset_id = values.text_told(s, told, at, name)
    return None if asset_id is None else Content(asset_id=asset_id)


def is_other(s: State, content: Content | None) -> bool:
    if content is None or content.asset_id is None or not (s.asset.named or s.begun):
        return False
    return content.asset_id != s.asset.asset_id


def on_content_end(s: State, at: float, place: float | None) -> None:
    if s.where == "ad_break":
        if s.begun:
            s.completed = s.ever_completed = True
        return
    length, stops = s.duration, doors.end_by_clock(s, at) if place is None else place
    shows = s.where == "content" or (s.where == "starting" and s.asset_index > 0)
    plays = shows and s.how in ("playing", "buffering", "paused") and not s.live
    if plays and length is not None and length - stops > max(NEAR, EARLY_END * length):
        # Too early to be believed at once: that waits for what follows (S82).
        ledger.accrue(s, at, place if s.how == "playing" else None)
        held = s.holding()
        held.end_at, held.end_position = at, place
        s.tune()
    else:
        doors.end_for_good(s, at, place, "content_end")


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
        pods.finish_session(s, at, "exited")
        return
    if s.where == "after_content":
        leave_after_content(s, at)
        return
    if s.where == "starting":
        doors.error_stops(s, at)
    if not positions.near_content_end(s):
        settle.pause_was_real(s)
    if place == 0 and s.position > 1:
        place = None  # a torn-down element says 0: it was playing elsewhere
    ledger.accrue(s, at, place if s.how == "playing" and s.where in ("content", "ad") else None)
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


def settle_announced(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """A next item begins when positions leave the old one's line, or its first frame is told."""
    item = s.announced
    if item is None:
        return
    place, begins = row.content_place(args), False
    if row.name in ("ad_break_start", "ad_start"):
        begins = begins_its_break(s, row, item, args)
    elif row.of == AD or not (row.leads or row.opens):
        return
    elif row.name == "content_start" or s.where == "after_content":
        begins = True
    elif s.where == "content" and s.seek is None:
        if place is None:
            begins = row.name == "playing" and s.how == "playing"
        else:  # it cannot be the old item's, playing on
            step = place - s.position
            begins = step < -NUDGE or step > ledger.reach(s, at) + LEAP
    if begins:
        begin_announced(s, at, item, place)


def begins_its_break(s: State, row: Input, item: Load, args: tuple[Any, ...]) -> bool:
    """Whether a break or an ad that begins is planned for the announced item (S11)."""
    index = pods.index_after(s, item.content)
    if index is None:
        return False
    parts = breaks.planned(s, index)
    said = args[0].asset_id if isinstance(args[0], Ad) else args[0]
    names = {said} if isinstance(said, str) and said else set()
    if not names and row.name == "ad_start" and s.open_break >= 0:
        return False  # an ad that nobody names is the open break's
    if not names:  # nobody says whose: the next item's pre-roll, unless one of this item is due
        due = breaks.due_break(s, s.position - s.range_start)
        return due is None and bool(breaks.planned(s, index, PRE))
    pods_named = names & {part.pod_id for part in parts}
    return bool(pods_named) or any(adverts.ads_named(parts, name) for name in names)


def begin_announced(s: State, at: float, item: Load, place: float | None) -> None:
    """The old item is over, completed if it can have played to its end; the next one begins."""
    s.announced = None
    began = at if place is None else min(max(at - place / s.rate, s.accrued), at)
    if s.where == "content" and s.how == "playing":
        # It played on unheard: to its end if the time allows, else for a moment (S63).
        left = positions.to_content_end(s)
        most = (began - s.accrued) * s.rate + positions.unsaid_slack(s.duration)
        if left is not None and 0.0 <= left <= most:
            ledger.accrue(s, min(s.accrued + left / s.rate, began), s.duration)
        else:
            ledger.accrue(s, min(s.accrued + ledger.ordinary(s), began))
            s.suspended += began - s.accrued
            s.accrued = began
    enter_next(s, began, item.content)
    learn_of_content(s, began, item)
