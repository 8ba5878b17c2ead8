"""Where playback is: the positions and lengths that events bear.

Whole seconds, rounded down (S3); livestreams have their own (S6, S8).
"""

import attrs

from video_tracker.session.data.parts import PositionPart, SessionPosition
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import POST
from video_tracker.session.data.tolerances import DUST, NEAR, NEVER, SAME_SPOT
from video_tracker.session.effects import extents, ledger


def whole(seconds: float) -> int:
    """Whole seconds, rounded down, forgiving the last bit of floating point."""
    return int(seconds + DUST)


def was_opened(s: State, index: int) -> bool:
    return bool(s.breaks_opened >> index & 1)


def session_position(s: State, content: float | None = None) -> float:
    """Seconds on the stitched timeline for a content position of the current asset (S1)."""
    position = s.position if content is None else content
    if s.duration is not None:
        position = min(position, s.duration)
    total = position if s.rare is None else s.left_behind + position
    opened, first = s.open_break, s.last_place + 1 if s.ad is None else s.ad.place
    for index, place, seconds in ledger.ads_counted(s):
        counts = place < first if index == opened else counts_at(s, index, position)
        if counts:
            total += seconds
    return total if s.ad is None else total + ad_seconds_counted(s)


def position_parts(s: State) -> SessionPosition:
    """What the position of the next playback event is made of (S1, S8)."""
    total, said = total_length(s), playback_position(s)
    if total is not None and said is not None:
        said = min(said, whole(total))
    if s.live and s.settings.live_position != "elapsed":
        return SessionPosition(said, float(live_position(s)))
    if s.live:
        content = s.content_played - s.played_before
        played = s.ad_played + (0.0 if s.ad is None else s.ad_run)
        ads = summing_to(parts_of_ads(s, anywhere=True), played)
    else:
        content = s.position if s.duration is None else min(s.position, s.duration)
        ads = parts_of_ads(s)
    return SessionPosition(said, content, tuple(ads), tuple(parts_left_behind(s)))


def parts_of_ads(s: State, *, anywhere: bool = False) -> list[PositionPart]:
    """Each ad that counts at the current place, and what of it."""
    ad, parts = s.ad, []
    for index, place, seconds in ledger.ads_counted(s):
        part = s.timeline.breaks[index]
        here = index == s.open_break
        if here and place >= (s.last_place + 1 if ad is None else ad.place):
            continue
        if seconds > 0 and (here or anywhere or counts_at(s, index, s.position)):
            parts.append(PositionPart(part.ad_id(place), seconds, part.pod_id))
    if ad is not None:
        seconds = s.ad_run if anywhere else ad_seconds_counted(s)
        parts.append(PositionPart(ad.asset_id, seconds, s.ad_break.pod_id))
    return parts


def parts_left_behind(s: State) -> list[PositionPart]:
    """Each content that was begun and left, and what of it counts."""
    parts = [
        PositionPart(s.timeline.assets[place].asset_id, seconds)
        for place, seconds in ledger.left_behind_of(s, s.asset_index)
    ]
    return summing_to(parts, s.left_behind)


def summing_to(parts: list[PositionPart], total: float) -> list[PositionPart]:
    """The parts, the last one with what they lack: a length that was told otherwise since."""
    lacking = total - sum(part.seconds for part in parts)
    if not parts or lacking == 0:
        return parts
    last = parts[-1]
    return [*parts[:-1], attrs.evolve(last, seconds=last.seconds + lacking)]


def ad_seconds_counted(s: State) -> float:
    """The seconds of the open ad that count in the session position (S1)."""
    ad = s.ad
    return 0.0 if ad is None else min(s.ad_watched(), ad.ad.duration or NEVER)


def counts_at(s: State, index: int, position: float) -> bool:
    """Whether an ad's seconds lie at or before a content position of the current asset."""
    part = s.timeline.breaks[index]
    if part.asset_index != s.asset_index:
        return part.asset_index < s.asset_index
    if part.placement == POST:
        return s.completed
    return part.offset <= position + SAME_SPOT


def playback_position(
    s: State, content: float | None = None, at: float | None = None
) -> int | None:
    """A playback event's position at a time: the session position, or the live one (S1, S8).

    None while nobody has told whither a seek went (S33).
    """
    if not s.live:
        unknown = content is None and s.rare is not None and s.place_unknown
        return None if unknown else whole(session_position(s, content))
    if s.settings.live_position != "elapsed":
        return live_position(s, at=at)
    ads = s.ad_played + (0.0 if s.ad is None else s.ad_run)
    return whole(s.left_behind + s.content_played - s.played_before + later_programmes(s) + ads)


def later_programmes(s: State) -> float:
    """Elapsed seconds of a stream's programmes that stand behind the one gone back to (S85)."""
    if s.rare is None or "live_left" not in s.rare:
        return 0.0
    return sum(seconds for index, seconds in s.live_left.items() if index > s.asset_index)


def live_position(s: State, content: float | None = None, at: float | None = None) -> int:
    """Where a livestream plays, as the setting ``live_position`` wants it told (S8).

    Args:
        content: A position of the content; None is the current one.
        at: When, in Unix seconds; None is now.
    """
    now = s.clock if at is None else at
    choice = s.settings.live_position
    if choice == "elapsed":
        return whole(s.content_played - s.played_before)
    place = in_stream_place(s, content)
    origin = s.live_origin
    if origin is not None and content is None and not s.said_position and place == 0.0:
        place = now - origin  # nobody has told a position: at the edge
    if choice == "playhead":
        return whole(max(place, 0.0))
    if choice == "epoch" and s.start_date is not None:
        return whole(max(s.start_date + place, 0.0))
    if choice == "offset" and s.completed:
        return 0  # the stream has ended here
    now = s.accrued if s.completed else now
    behind = 0.0 if origin is None else max(now - origin - place, 0.0)
    return -whole(behind) if choice == "offset" else whole(max(now - behind, 0.0))


def in_stream_place(s: State, content: float | None) -> float:
    """A content position on the player's own clock, which runs through stitched ads (S9)."""
    place = s.position if content is None else content
    stitch = None if s.rare is None else s.stitch
    if stitch is None:
        return place
    if content is None and s.ad is not None and stitch.inside >= 0:
        return stitch.ad_start + s.ad.position
    if content is None and s.where != "content":
        return stitch.playhead
    return place + stitch.shift


def total_length(s: State) -> float | None:
    """Contents and ads of the session known so far; None when a content's is unknown (S4)."""
    content = s.timeline.content_length
    if content is None or s.live:
        return None
    total = content + s.timeline.ad_length + untold_ads(s)
    return total if s.rare is None else total - dropped_length(s)


def dropped_length(s: State) -> float:
    dropped = 0.0
    for index, place in s.ads_dropped or ():
        ads = s.timeline.breaks[index].ads
        if place < len(ads):
            dropped += ads[place].duration or 0.0
    return dropped


def content_position_said(s: State, at: float) -> int:
    if s.live:
        return live_position(s, at=at)
    position = whole(s.position)
    return position if s.duration is None else min(position, whole(s.duration))


def content_length_said(s: State) -> int | None:
    return None if s.duration is None or s.live else whole(s.duration)


def to_content_end(s: State) -> float | None:
    """Seconds of content to the asset's known end; None when unknown or live."""
    if s.duration is None or s.live:
        return None
    return s.duration - s.position


def end_slack(s: State) -> float:
    """How far from its known end content may stop and have ended, when nobody says so (S90)."""
    return extents.unsaid_slack(s.duration)


def reached_content_end(s: State) -> bool:
    """Whether content that stops here has ended, though nobody says so (S75, S90)."""
    left = to_content_end(s)
    return left is not None and left <= end_slack(s)


def near_content_end(s: State) -> bool:
    left = to_content_end(s)
    return left is not None and left <= NEAR


def to_ad_end(s: State) -> float | None:
    ad = s.ad
    if ad is None or ad.ad.duration is None:
        return None
    return ad.ad.duration - ad.position


def seek_position(s: State, target: float | None, at: float) -> int | None:
    """The session position sought (S33); in an ad the target lies in the ad."""
    if s.rare is not None and s.stitch is not None and (s.stitch.inside >= 0):
        return sought_in_stream(s, at)
    if target is None:
        return None
    if s.live and s.settings.live_position == "elapsed":
        return playback_position(s)
    if s.live:
        return live_position(s, None if s.ad is not None else target, at)
    if s.ad is not None:
        return whole(session_position(s) - ad_seconds_counted(s) + target)
    return whole(session_position(s, target))


def sought_in_stream(s: State, at: float) -> int | None:
    """The session position sought when the seek begins in an ad of the stream."""
    stitch = s.stitch
    sought = None if stitch is None else stitch.sought
    if stitch is None or sought is None:
        return None
    if s.live:
        return live_position(s, at=at)
    if s.ad is not None and stitch.ad_start <= sought < stitch.ad_end:
        into = sought - stitch.ad_start
        return whole(session_position(s) - ad_seconds_counted(s) + into)
    return whole(session_position_past(s, stitch.to_content(sought)))


def session_position_past(s: State, content: float) -> float:
    """The session position of a content position that leaves the open break."""
    if content >= s.position:
        return session_position(s, content)
    ad, opened = s.ad, s.open_break
    s.ad, s.open_break = None, -1
    try:
        return session_position(s, content)
    finally:
        s.ad, s.open_break = ad, opened


def pod_landed(s: State) -> str | None:
    return s.asset.pod_at(s.position) if s.where == "content" else s.pod_id


def positions_told(s: State) -> bool:
    """Whether the player reports positions of what plays."""
    return s.said_position if s.ad is None else s.ad_told


def untold_ads(s: State) -> float:
    """Seconds seen of ads whose length nobody knows (S4)."""
    open_ad = s.ad
    total = open_ad.position if open_ad is not None and open_ad.ad.duration is None else 0.0
    for index, place, seconds in ledger.ads_counted(s):
        if open_ad is not None and index == s.open_break and (place == open_ad.place):
            continue
        ads = s.timeline.breaks[index].ads
        if place >= len(ads) or ads[place].duration is None:
            total += seconds
    return total
