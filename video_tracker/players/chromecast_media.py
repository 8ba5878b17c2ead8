"""What a Cast receiver's media information says: the source, its length, its breaks and clips."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from video_tracker.plan import Content
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.base import Callback, finite, name_of, positive
from video_tracker.players.element_view import part_of, whole
from video_tracker.players.stream_ranges import StreamRanges

__all__ = ["CastBreak", "CastMedia", "media_of"]

_MOST: Final = 1_000


@attrs.frozen
class CastBreak:
    """A break of the media information.

    Args:
        position: Where it lies in the content, in seconds; -1 is its end.
        clips: The ids of its clips.
        embedded: Whether it is a part of the stream.
        duration: Its length in seconds, when known.
    """

    position: float | None
    clips: tuple[str | None, ...]
    embedded: bool
    duration: float | None


@attrs.define
class CastMedia:
    """What is known of the present media.

    Args:
        key: Tells it from other media; None when nothing does.
        live: Whether it is live; None when nobody says.
        duration: Its length in seconds.
        breaks: By id.
        lengths: The clips' lengths by id.
        content: What is said of the content.
    """

    key: str | None = None
    live: bool | None = None
    duration: float | None = None
    breaks: dict[str, CastBreak] = attrs.Factory(dict)
    lengths: dict[str, float] = attrs.Factory(dict)
    content: Content | None = None

    def learn(self, told: Mapping[str, Any]) -> None:
        """Take in media information, whole or in part."""
        key = _key_of(told)
        self.key = key if key is not None else self.key
        if told.get("streamType") in ("LIVE", "BUFFERED"):
            self.live = told["streamType"] == "LIVE"
        self.duration = positive(told.get("duration")) or self.duration
        said = _content_of(told)
        if said is not None:
            more = {key: value for key, value in attrs.asdict(said).items() if value}
            self.content = attrs.evolve(self.content or Content(), **more)
        for clip in _objects(told.get("breakClips")):
            name, length = name_of(clip.get("id")), positive(clip.get("duration"))
            if name is not None and length is not None:
                self.lengths[name] = length
        for each in _objects(told.get("breaks")):
            name = name_of(each.get("id"))
            if name is None:
                continue
            ids = each.get("breakClipIds")
            self.breaks[name] = CastBreak(
                finite(each.get("position")),
                tuple(name_of(clip) for clip in ids[:_MOST]) if isinstance(ids, list) else (),
                each.get("isEmbedded") is True,
                positive(each.get("duration")),
            )

    @property
    def begins_with_ads(self) -> bool:
        """Whether a break is scheduled before the content."""
        return any(each.position == 0 for each in self.breaks.values())

    @property
    def embeds(self) -> bool:
        """Whether breaks are a part of the stream."""
        return any(each.embedded for each in self.breaks.values())

    def pod(self, break_id: str | None, size: int | None, ranges: StreamRanges) -> Pod:
        """The pod of a break that begins."""
        known = self.breaks.get(break_id or "")
        if known is None:
            return Pod(break_id, None, None, size)
        size = size or len(known.clips) or None
        if known.position == 0:
            return Pod(break_id, "pre", None, size)
        if known.position == -1:
            return Pod(break_id, "post", None, size)
        if known.position is None or known.position < 0:
            return Pod(break_id, None, None, size)
        at = ranges.to_content(known.position) if known.embedded else known.position
        return Pod(break_id, "mid", at, size)

    def embedded_ranges(self) -> Iterator[tuple[float, float]]:
        """Where on the stream timeline its embedded breaks lie, where their length is known."""
        for each in self.breaks.values():
            if not each.embedded or each.position is None or each.position < 0:
                continue
            lengths = [self.lengths.get(clip or "") for clip in each.clips]
            length = each.duration
            if length is None and lengths and None not in lengths:
                length = sum(one for one in lengths if one is not None)
            if length is not None:
                yield each.position, each.position + length


def media_of(callback: Callback) -> Mapping[str, Any]:
    """A callback's media information; an empty object when it has none."""
    detail = callback.detail
    return part_of(detail, "media") or part_of(part_of(detail, "mediaStatus"), "media")


def _content_of(told: Mapping[str, Any]) -> Content | None:
    """What media information says of the content; an address is no id of it."""
    metadata = part_of(told, "metadata")
    name = name_of(told.get("contentId"))
    season, episode = whole(metadata.get("season")), whole(metadata.get("episode"))
    title = metadata.get("title")
    series, studio = metadata.get("seriesTitle"), metadata.get("studio")
    content = Content(
        asset_id=name if name is not None and "/" not in name else None,
        title=title if isinstance(title, str) and title else None,
        program=series if isinstance(series, str) and series else None,
        publisher=studio if isinstance(studio, str) and studio else None,
        season=str(season) if season is not None and season > 0 else None,
        episode=str(episode) if episode is not None and episode > 0 else None,
    )
    return content if content != Content() else None


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    listed = value[:_MOST] if isinstance(value, list) else []
    return (each for each in listed if isinstance(each, Mapping))


def _key_of(told: Mapping[str, Any]) -> str | None:
    names = [name_of(told.get(key)) for key in ("contentId", "entity", "contentUrl")]
    return json.dumps(names) if any(names) else None
