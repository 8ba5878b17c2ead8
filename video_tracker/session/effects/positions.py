"""Where playback is, and how long it is: the positions and lengths that events bear.

Whole seconds, rounded down (S3); livestreams have their own (S6, S8). What playing proves of a
length stands here too (S80).
"""

from collections.abc import Iterator

import attrs

from video_tracker.compact import ads_in_book
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.timeline import POST, Break, put
from video_tracker.session.data.tolerances import DUST, NEAR, NEVER, SAME_SPOT, SHORTEST_SLACK
from video_tracker.session.effects import ledger, stream
from video_tracker.summary import PositionPart, SessionPosition


def whole(seconds: float) -> int:
    """Whole seconds, rounded down, forgiving the last bit of floating point."""
    return int(seconds + DUST)


def was_opened(s: State, index: int) -> bool:
    return bool(s.breaks_opened >> index & 1)


def session_position(s: State, content: float | None = None, *, leaves: bool = False) -> float:
    """Seconds on the stitched timeline for a content position of the current asset (S1).

    ``leaves``: it lies outside the open break, which then counts as any other.
    """
    position = s.position if content is None else content
    if s.duration is not None:
        position = min(position, s.duration)
    total = position if s.rare is None else s.left_behind + position
    for _, _, seconds in ads_before(s, position, leaves=leaves):
        total += seconds
    return total if s.ad is None or leaves else total + ad_seconds_counted(s)


def ads_before(
    s: State, position: float, *, leaves: bool = False, anywhere: bool = False
) -> Iterator[tuple[Break, int, float]]:
    """Each ad before the open one that counts at a content position: break, place, seconds (S1)."""
    opened = -1 if leaves else s.open_break
    breaks, here, reached = s.timeline.breaks, s.asset_index, position + SAME_SPOT
    for index, place, seconds in ads_in_book(s):
        part = breaks[index]
        if index == opened:
            counts = place < (s.last_place + 1 if s.ad is None else s.ad.place)
        elif anywhere or part.asset_index != here:
            counts = anywhere or part.asset_index < here
        else:
            counts = s.completed if part.placement == POST else part.offset <= reached
        if counts:
            yield part, place, seconds


def ad_seconds_counted(s: State) -> float:
    return 0.0 if s.ad is None else min(s.ad_watched(), s.ad.ad.duration or NEVER)


def playback_position(s: State, at: float | None = None) -> int | None:
    """A playback event's position at a time: the session position, or the live one (S1, S8).

    None while nobody has told whither a seek went (S33).
    """
    if not s.live:
        return None if s.rare is not None and s.place_unknown else whole(session_position(s))
    if s.settings.live_position != "elapsed":
        return live_position(s, at=at)
    # A stream's later programmes count as well, where the viewer has gone back in it (S85).
    later = sum(seconds for index, seconds in s.live_left.items() if index > s.asset_index)
    ads = s.ad_played + (0.0 if s.ad is None else s.ad_run)
    return whole(s.left_behind + s.content_played - s.played_before + later + ads)


def position_parts(s: State) -> SessionPosition:
    """What the position of the next playback event is made of (S1, S8)."""
    said, length = playback_position(s), length_said(s)
    if length is not None and said is not None:
        said = min(said, length)
    if s.live and s.settings.live_position != "elapsed":
        return SessionPosition(said, float(live_position(s)))
    ads = [
        PositionPart(part.ad_id(place), seconds, part.pod_id)
        for part, place, seconds in ads_before(s, s.position, anywhere=s.live)
        if seconds > 0
    ]
    run = 0.0 if s.ad is None else s.ad_run
    if s.ad is not None:
        seconds = run if s.live else ad_seconds_counted(s)
        ads.append(PositionPart(s.ad.asset_id, seconds, s.ad_break.pod_id))
    content = s.position if s.duration is None else min(s.position, s.duration)
    if s.live:
        content, ads = s.content_played - s.played_before, summing_to(ads, s.ad_played + run)
    left = [
        PositionPart(s.timeline.assets[place].asset_id, seconds)
        for place, seconds in ledger.left_behind_of(s, s.asset_index)
    ]
    return SessionPosition(said, content, tuple(ads), tuple(summing_to(left, s.left_behind)))


def summing_to(parts: list[PositionPart], total: float) -> list[PositionPart]:
    """The parts, the last one with what they lack: a length that was told otherwise since."""
    lacking = total - sum(part.seconds for part in parts)
    if not parts or lacking == 0:
        return parts
    return [*parts[:-1], attrs.evolve(parts[-1], seconds=parts[-1].seconds + lacking)]


def total_length(s: State) -> float | None:
    """Contents and ads of the session known so far; None when a content's is unknown (S4)."""
    content, ad = s.timeline.content_length, s.ad
    if content is None or s.live:
        return None
    # Of ads whose length nobody knows the seconds seen.
    untold = ad.position if ad is not None and ad.ad.duration is None else 0.0
    breaks, dropped = s.timeline.breaks, 0.0
    for index, place, seconds in ads_in_book(s):
        ads = breaks[index].ads
        unknown = place >= len(ads) or ads[place].duration is None
        if unknown and (ad is None or place != ad.place or index != s.open_break):
            untold += seconds
    for index, place in s.ads_dropped or ():
        if place < len(breaks[index].ads):
            dropped += breaks[index].ads[place].duration or 0.0
    return content + s.timeline.ad_length + untold - dropped


def length_said(s: State) -> int | None:
    total = total_length(s)
    return None if total is None else whole(total)


def seek_position(s: State, target: float | None, at: float) -> int | None:
    """The session position sought (S33); in an ad the target lies in the ad."""
    ad, stitch = s.ad, s.stitch
    in_stream = stitch is not None and stitch.inside >= 0
    if stitch is not None and in_stream:  # it begins in an ad of the stream, whose places count
        target = stitch.sought
    if target is None:
        return None
    if s.live and (in_stream or s.settings.live_position == "elapsed"):
        return playback_position(s, at)
    if s.live:
        return live_position(s, target if ad is None else None, at)
    if stitch is not None and in_stream:
        if ad is None or not stitch.ad_start <= target < stitch.ad_end:
            content = stitch.to_content(target)
            return whole(session_position(s, content, leaves=content < s.position))
        target -= stitch.ad_start
    if ad is not None:
        return whole(session_position(s) - ad_seconds_counted(s) + target)
    return whole(session_position(s, target))


def live_position(s: State, content: float | None = None, at: float | None = None) -> int:
    """Where a livestream plays, as the setting ``live_position`` wants it told (S8)."""
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
    if s.stitch is None:
        return s.position if content is None else content
    return stream.playhead(s) if content is None else content + s.stitch.shift


def content_said(s: State, at: float) -> tuple[int | None, int | None]:
    """The content's position and length as events bear them (S2, S5); no length if live (S6)."""
    if s.player.livestream:
        return live_position(s, at=at), None
    place = None if s.rare is not None and s.place_unknown else int(s.position + DUST)
    if s.duration is None:
        return place, None
    length = int(s.duration + DUST)
    return (place if place is None or place <= length else length), length


def positions_told(s: State) -> bool:
    return s.said_position if s.ad is None else s.ad_told


def to_ad_end(s: State) -> float | None:
    if s.ad is None or s.ad.ad.duration is None:
        return None
    return s.ad.ad.duration - s.ad.position


def to_content_end(s: State) -> float | None:
    """Seconds of content to the asset's known end; None when unknown or live."""
    return None if s.duration is None or s.live or s.place_unknown else s.duration - s.position


def near_content_end(s: State, within: float = NEAR) -> bool:
    left = to_content_end(s)
    return left is not None and left <= within


def reached_content_end(s: State) -> bool:
    """Whether content that stops here has ended, though nobody says so (S75, S90)."""
    return near_content_end(s, unsaid_slack(s.duration))


def unsaid_slack(length: float | None) -> float:
    """The end tolerance where nobody says that it ended: 1 s, less for short things (S90)."""
    return NEAR if length is None else min(NEAR, max(length / 10, SHORTEST_SLACK))


def set_duration(s: State, seconds: float | None) -> None:
    """The current content's length from now on; None: nobody knows it."""
    s.duration = seconds
    s.timeline = s.timeline.with_asset(s.asset_index, attrs.evolve(s.asset, duration=seconds))


def set_ad_duration(s: State, ad: AdPlay, seconds: float | None) -> None:
    """The open ad's length from now on; None: nobody knows it."""
    ad.ad = attrs.evolve(ad.ad, duration=seconds)
    ads = put(s.ad_break.ads, ad.place, ad.ad)
    s.timeline = s.timeline.with_break(attrs.evolve(s.ad_break, ads=ads))


def yield_to_play(s: State, at: float, name: str) -> None:
    """What plays more than a second beyond its known end has another length: unknown again."""
    if s.duration is not None and s.position > s.duration + NEAR and not s.live:
        s.ignored(at, name, "length_disproved")
        set_duration(s, None)
        s.length_disproved = True
    ad = s.ad
    if ad is not None and ad.ad.duration is not None and ad.position > ad.ad.duration + NEAR:
        s.ignored(at, name, "length_disproved")
        set_ad_duration(s, ad, None)
        ad.quartile_due = NEVER
        s.ad_disproved = True
