"""What is drawn of a session, as plain values: everything on wall time, in seconds of the session.

A model knows neither colours nor pixels; the terminal and the pictures draw the same one.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.timeline import picture
from video_tracker.timeline.lanes import LANES
from video_tracker.timeline.theme import ThemeName

__all__ = [
    "AdPod",
    "AdShown",
    "Bar",
    "ContentPod",
    "Note",
    "PlayheadLine",
    "Strip",
    "Tick",
    "Timeline",
    "Watched",
]


_SHORTEST: Final = 0.05
"""Seconds that are something to see."""
_MOMENT: Final = 0.3
"""Seconds of content that no viewer leaves out or watches again."""


@attrs.frozen
class Bar:
    """Time of one kind.

    Args:
        lane: Which kind: a key of ``LANES``.
        start, end: From when to when, in seconds of the session.
        label: The content or the ad that played; empty when nothing did.
    """

    lane: str
    start: float
    end: float
    label: str = ""


@attrs.frozen
class ContentPod:
    """A stretch of one content between ad breaks (S21).

    Args:
        start, end: From when to when, in seconds of the session; pauses and stalls lie in it.
        asset_id, pod_id: Its ids; empty when unknown.
        completed: Whether it was played to its end.
    """

    start: float
    end: float
    asset_id: str
    pod_id: str
    completed: bool


@attrs.frozen
class AdShown:
    """An ad.

    Args:
        start, end: From when to when, in seconds of the session; both are the same for an ad that
            failed before its first frame.
        asset_id, pod_id: Its ids; empty when unknown.
        ad_type: pre-roll, mid-roll or post-roll; empty when unknown.
        place: Its place in the pod, from 1; None when unknown.
        fate: ``completed``, ``skipped``, ``failed``, ``cut`` (over without a word) or ``open``.
    """

    start: float
    end: float
    asset_id: str
    pod_id: str
    ad_type: str
    place: int | None
    fate: str


@attrs.frozen
class AdPod:
    """An ad break: from its first ad to its last.

    Args:
        start, end: From when to when, in seconds of the session.
        pod_id: Its id; empty when unknown.
        ad_type: pre-roll, mid-roll or post-roll; empty when unknown.
    """

    start: float
    end: float
    pod_id: str
    ad_type: str


@attrs.frozen
class Tick:
    """An event.

    Args:
        at: When, in seconds of the session.
        name: Its name without ``Video``.
        detail: Its ids, its position of its length, and what else is worth reading.
    """

    at: float
    name: str
    detail: str


@attrs.frozen
class PlayheadLine:
    """How the place in the content moves for a while: a straight line.

    Args:
        kind: Which time it is: a key of ``LANES``.
        start, end: From when to when, in seconds of the session.
        start_position, end_position: The content's seconds there.
        asset_id: Which content.
    """

    kind: str
    start: float
    end: float
    start_position: float
    end_position: float
    asset_id: str


@attrs.frozen
class Watched:
    """A range of content seconds and how often it was watched.

    Args:
        asset_id: Which content.
        start, end: The content's seconds.
        times: How often.
    """

    asset_id: str
    start: float
    end: float
    times: int


@attrs.frozen
class Strip:
    """The seconds of a content, and what of them was watched.

    Args:
        asset_id: Which content.
        start, end: From its first second to its last; where its length is unknown those that were
            watched first and last.
        parts: How often which of them was watched; what is shorter than a moment is left out.
    """

    asset_id: str
    start: float
    end: float
    parts: tuple[Watched, ...]


@attrs.frozen
class Note:
    """What a session repaired, ignored or rejected of its log.

    Args:
        at: When, in seconds of the session.
        kind: ``repair``, ``ignore`` or ``reject``.
        reason: A code of :data:`video_tracker.diagnostics.REASONS`.
        input: The input's name.
    """

    at: float
    kind: str
    reason: str
    input: str


@attrs.frozen(kw_only=True)
class Timeline:
    """A session as it is drawn.

    Args:
        session_id: The session; empty when nobody tells.
        title: What stands above it.
        origin: The Unix time of second 0: its first event.
        length: Seconds from there to the end.
        bars: Which time was what; those of one lane do not overlap.
        content_pods: The stretches of content.
        ads: The ads.
        ad_pods: The ad breaks.
        playhead: How the place in the content moved; where nobody knows it there is no line.
        ticks: The events.
        watched: How often which second of each content was watched.
        lengths: For each content its length in seconds, where it is known.
        notes: What was repaired, ignored or rejected; only a log tells.
        figures: Figures of the session under the names of :meth:`video_tracker.Summary.to_dict`,
            as far as they are known.
    """

    session_id: str
    title: str
    origin: float
    length: float
    bars: tuple[Bar, ...]
    content_pods: tuple[ContentPod, ...]
    ads: tuple[AdShown, ...]
    ad_pods: tuple[AdPod, ...]
    playhead: tuple[PlayheadLine, ...]
    ticks: tuple[Tick, ...]
    watched: tuple[Watched, ...]
    lengths: Mapping[str, float]
    notes: tuple[Note, ...] = ()
    figures: Mapping[str, Any] = attrs.field(factory=dict)

    def lane(self, name: str) -> tuple[Bar, ...]:
        """The bars of one lane; ``name`` is a key of ``LANES``."""
        return tuple(bar for bar in self.bars if bar.lane == name)

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes in which there is anything to see; ads that never moved are seen as well."""
        return tuple(
            name
            for name in LANES
            if sum(bar.end - bar.start for bar in self.lane(name)) >= _SHORTEST
            or (name == "ad_played" and self.ads)
        )

    @property
    def strips(self) -> tuple[Strip, ...]:
        """What was watched of each content, as it is drawn."""
        found = []
        for asset_id in dict.fromkeys(part.asset_id for part in self.watched):
            parts = [part for part in self.watched if part.asset_id == asset_id]
            last = max(part.end for part in parts)
            known = self.lengths.get(asset_id)
            start = float(int(parts[0].start)) if known is None else 0.0
            end = max(last, known or 0.0, start + _SHORTEST)
            found.append(Strip(asset_id, start, end, tuple(_smooth(parts))))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """The timeline as JSON-able values, under the names of its arguments."""
        return attrs.asdict(self)

    def to_svg(self, *below: "Timeline", theme: ThemeName = "light", width: int = 1000) -> str:
        """Draw it as SVG.

        Args:
            *below: Timelines that are drawn below it, on the same time axis.
            theme: ``light`` or ``dark``.
            width: Pixels, 400 or more.

        Returns:
            The SVG's text.

        Raises:
            ValueError: There is no such theme, or it is too narrow.
            VideoTrackerError: The extra ``pictures`` is not installed.
        """
        return picture.svg_of((self, *below), theme=theme, width=width)

    def to_png(
        self,
        *below: "Timeline",
        theme: ThemeName = "light",
        width: int = 1000,
        scale: float = 2.0,
    ) -> bytes:
        """Draw it as PNG.

        Args:
            *below, theme, width: As for :meth:`to_svg`.
            scale: Pixels of the file for each pixel of ``width``.

        Returns:
            The file's bytes.

        Raises:
            ValueError: As for :meth:`to_svg`.
            VideoTrackerError: The extra ``pictures`` is not installed.
        """
        return picture.png_of((self, *below), theme=theme, width=width, scale=scale)

    def to_html(self, *below: "Timeline", theme: ThemeName = "light", width: int = 1000) -> str:
        """Draw it as a page that can be zoomed with the wheel, moved with the mouse and asked.

        Args:
            *below, theme, width: As for :meth:`to_svg`.

        Returns:
            The page; all that it needs is in it, nothing is loaded.

        Raises:
            ValueError: As for :meth:`to_svg`.
            VideoTrackerError: The extra ``pictures`` is not installed.
        """
        return picture.html_of((self, *below), theme=theme, width=width)


def _smooth(parts: list[Watched]) -> list[Watched]:
    """Parts without the holes and repeats of a moment that a player makes where a pod ends."""
    found: list[Watched] = []
    for part in parts:
        last = found[-1] if found else None
        if last is None or part.start - last.end > _MOMENT:
            found.append(part)
        elif part.times == last.times or part.end - part.start <= _MOMENT:
            found[-1] = attrs.evolve(last, end=part.end)
        else:
            found.append(attrs.evolve(part, start=last.end))
    return found
