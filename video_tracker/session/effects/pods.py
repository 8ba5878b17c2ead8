"""Content pods and assets: opened, left, completed; the end of the session."""

import attrs

from video_tracker.events import ContentCompleted, ContentStarted, PlaybackCompleted, PlaybackExited
from video_tracker.plan import Content
from video_tracker.session.data import tolerances as t
from video_tracker.session.data.state import NOTHING_HELD, Seek, State
from video_tracker.session.effects import annotations, beats, ledger, positions, words


def arrive(s: State, position: float) -> None:
    """Content goes on here after a break, an item or a start offset; no seek (S70)."""
    if position != s.position or s.place_unknown:
        ledger.jump(s, position)


def open_pod(s: State, at: float) -> None:
    first = s.where == "starting"
    if first:
        ledger.accrue(s, at)
    for part in s.timeline.mids if first and s.begun else ():
        # Content taken up a little before the break it gave way to lies behind it (S1, S21).
        taken_back = t.SAME_SPOT < part.offset - s.position <= t.TAKEN_BACK
        if taken_back and part.asset_index == s.asset_index and positions.was_opened(s, part.index):
            s.timeline = s.timeline.with_offset(part, s.position)
    first_frame(s, at)
    s.goes("content_opens")
    s.begun = True
    s.completed = False
    s.last_ad = None
    s.let_go("moved")
    s.pod_id = s.asset.pod_at(s.position)
    if s.rare is not None and s.stitch is not None:
        s.stitch.inside = -1  # whoever opened it: no break of the stream is open any more
    if first:
        words.go_on(s, at)
    words.say_content(s, ContentStarted, at)
    beats.begin_run(s, at)


def first_frame(s: State, at: float) -> None:
    """The startup is over (S25)."""
    if s.startup_time is None and s.started_at is not None:
        if s.where == "starting":
            s.let_go("error")
        s.startup_time = max(at - s.started_at, 0.0)


@annotations.held_by("opening")
def confirm_opening(s: State) -> None:
    """What was held back was content: open its pod, dated and placed where it began."""
    held, at = s.held, s.held.opening_at
    if at is None or s.buffer_told:  # none opens inside a stall (S20)
        return
    s.let_go("opening")
    now, landing = s.position, s.where == "content"
    s.position = held.opening_position
    # The border that lay between may have turned out to lie elsewhere.
    if not landing or s.asset.pod_at(s.position) != s.pod_id:
        open_pod(s, at)
    if landing:
        s.position = now


def drop_opening(s: State, at: float, name: str) -> float | None:
    """What was held back was a glimpse: a break begins instead (S73); where a seek left (S21)."""
    left = s.held.place_left
    if s.let_go("opening") and s.where == "starting":
        s.range_start = s.position
        s.ignored(at, name, "glimpse_of_content")
    return left


def land_in_pod(s: State, at: float, seek: Seek) -> bool:
    """After a seek the pod landed in begins (S22), unless the one left goes on: then True.

    Behind an unwatched break it waits: the player may yet play that, which completes the left pod.
    In a stall it waits for the end of that.
    """
    stitch = s.stitch
    if stitch is not None and stitch.landing:
        if stitch.place_left is None:  # else it led out of an ad that never moved
            stitch.place_left = seek.place_left
        return False
    if stitch is not None:
        stitch.place_left = None
    if s.asset.pod_at(s.position) == seek.pod_left:
        return True
    if s.buffer_told or unwatched_break_behind(s, seek.pod_left):
        held = s.holding()
        held.opening_at, held.opening_position = at, s.position
        held.place_left = seek.place_left
    else:
        open_pod(s, at)
    return False


def unwatched_break_behind(s: State, pod_left: str | None) -> bool:
    asset = s.asset
    if pod_left not in asset.pod_ids:
        return False
    left = asset.borders[asset.pod_ids.index(pod_left)]
    over = s.breaks_passed | s.breaks_opened
    return any(
        part.planned
        and left < part.offset <= s.position + t.SAME_SPOT
        and not over >> part.index & 1
        for part in s.timeline.mids
        if part.asset_index == s.asset_index
    )


def complete_pod(s: State, at: float, left: float | None = None) -> None:
    """Content Completed where the pod stops, or where a seek ``left`` it (S21)."""
    end = None
    if left is not None and not s.live:
        end = positions.whole(left)
    elif positions.near_content_end(s):  # then that is the end (S3)
        end = positions.content_said(s, at)[1]
    words.say_content(s, ContentCompleted, at, end)
    ledger.close_range(s)
    s.beat_due = t.NEVER


def next_asset(s: State, content: Content | None) -> None:
    """Go on to the next content of the playlist, or one that nobody announced (S24)."""
    ledger.close_range(s)
    index = index_after(s, content)
    if index is None:
        index = len(s.timeline.assets)
        s.timeline = s.timeline.with_content(content)
    enter_asset(s, index)


def index_after(s: State, content: Content | None) -> int | None:
    """Where the playlist holds ``content`` (None: the next one)."""
    assets, following = s.timeline.assets, s.asset_index + 1
    if content is None or content.asset_id is None:
        return following if following < len(assets) else None
    order = (*range(following, len(assets)), *range(s.asset_index))
    return next((index for index in order if assets[index].asset_id == content.asset_id), None)


def give_length_back(s: State, at: float) -> None:
    """A length told just before the item changes is the next one's (S80)."""
    told = s.length_told
    if told is None:
        return
    if at - told[0] > t.JUST_BEFORE:
        s.length_told = None
    elif s.where != "after_content":
        positions.set_duration(s, told[1])


def enter_asset(s: State, index: int) -> None:
    """Another asset is the current one; those left earlier in the list count on (S1)."""
    if s.begun:
        s.assets_begun |= 1 << s.asset_index
        if s.live:
            s.live_left = {**s.live_left, s.asset_index: s.content_played - s.played_before}
    s.left_behind = sum(seconds for _, seconds in ledger.left_behind_of(s, index))
    s.played_before = s.content_played - s.live_left.get(index, 0.0)
    s.asset_index = index
    ledger.let_breaks_come_again(s, 0.0)
    s.weigh_liveness()
    s.duration = s.asset.duration
    s.let_go("far")
    s.said_duration = s.pod_id = None
    s.position = s.range_start = s.lag = s.standing = 0.0
    s.begun = s.completed = s.length_disproved = False
    ledger.know_place(s)
    if s.length_told is not None and s.duration is None:
        positions.set_duration(s, s.length_told[2])
    s.length_told = None


def tell_liveness(s: State, live: bool, at: float) -> None:
    """The player says whether the current content is live (S6, S87)."""
    before = s.live
    s.timeline = s.timeline.with_asset(s.asset_index, attrs.evolve(s.asset, live=live))
    s.weigh_liveness()
    if s.live and not before:
        if s.said_duration is not None:
            s.live_origin = at - s.said_duration  # what was told was its edge
        if s.duration is not None:
            positions.set_duration(s, None)
    elif before and not s.live and s.duration is None:
        positions.set_duration(s, s.asset.content.duration)


def take_content(s: State, content: Content) -> None:
    """Learn more of the current asset: its id when it had none, its metadata, its length."""
    asset = s.asset
    known = {
        name: value
        for name, value in attrs.asdict(content, recurse=False).items()
        if value not in (None, (), {}) and not (s.begun and name == "asset_id")  # a told id stays
    }
    s.duration = asset.duration if content.duration is None else content.duration
    named, filled = asset.named or bool(content.asset_id), attrs.evolve(asset.content, **known)
    changed = attrs.evolve(asset, content=filled, duration=s.duration, named=named)
    s.timeline = s.timeline.with_asset(s.asset_index, changed)
    s.weigh_liveness()


def complete_playback(s: State, at: float) -> None:
    """Playback Completed, dated when everything had ended (S7, S23)."""
    total, playing = positions.total_length(s), words.last_played_ids(s)
    at_end = total is not None and abs(total - positions.session_position(s)) <= t.NEAR
    position = positions.length_said(s) if at_end else None
    words.say_playback(s, PlaybackCompleted, at, position=position, playing=playing)
    finish_session(s, at, "completed")


def exit_playback(s: State, at: float) -> None:
    """Playback Exited; open pods and ads stay open (S26)."""
    words.say_playback(s, PlaybackExited, at)
    finish_session(s, at, "exited")


def finish_session(s: State, at: float, ended: str) -> None:
    ledger.close_range(s)
    s.over_at = at
    s.ended = ended
    s.beat_due = t.NEVER
    s.held = NOTHING_HELD
    s.seek = None
    s.goes("exit")


def pass_borders(s: State) -> None:
    """A border whose break was passed by playing without an ad is no border any more (S22, S81)."""
    start = s.range_start
    for part in s.timeline.mids:
        passed = start < part.offset - t.DUST and s.position > part.offset + t.PASSED_BY
        if part.asset_index == s.asset_index and passed and not s.breaks_spent >> part.index & 1:
            s.breaks_passed |= 1 << part.index
            s.timeline = s.timeline.without_border(part.asset_index, part.offset)
