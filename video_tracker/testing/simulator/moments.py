"""One thing that happened in a playback, and what is true of the player then. Knows no dialect."""

import attrs

__all__ = ["Item", "Moment", "Pod", "SimulatedAd"]


@attrs.frozen
class Item:
    """A content of the player's list; one without a length is live.

    Args:
        name: Its id.
        length: Its seconds; None is live.
        number: Its place in the list, from 0.
    """

    name: str = "film"
    length: float | None = 3600.0
    number: int = 0


@attrs.frozen
class SimulatedAd:
    """An ad: its id and its length in seconds."""

    name: str
    length: float


@attrs.frozen
class Pod:
    """A break of ads: ``pre``, ``mid`` or ``post``, and its ads in order."""

    kind: str
    ads: "tuple[SimulatedAd, ...]"

    @property
    def name(self) -> str:
        """What the player calls it."""
        return f"{self.kind}-{self.ads[0].name}"


@attrs.frozen
class Moment:
    """One thing that happened, and what is true of the player then.

    ``kind`` is one of ``load``, ``press`` (play is wanted), ``frame`` (the first one of a start),
    ``poll`` (a clock that may be asked), ``pause``, ``resume``, ``seek``, ``sought``, ``stall``,
    ``fed``, ``rate``, ``sound``, ``screen``, ``hide``, ``show``, ``stop`` (the content makes room
    for ads), ``break``, ``ad`` (its first frame), ``quartile``, ``ad_end``, ``ad_skip``,
    ``ad_error``, ``break_end``, ``back`` (the content's first frame after ads), ``content_end``,
    ``end`` (of everything), ``again`` (play is wanted once more), ``error``, ``warning`` (an error
    that stops nothing), ``leave``, ``item`` (the next one is loaded).

    Args:
        kind: What happened.
        at: When, in seconds of the viewing.
        item: The content.
        place: Seconds into the content; of a seek, where it goes.
        origin: Of a seek, where it left.
        pod: The break.
        ad: The ad.
        number: Its place in the pod, from 1.
        seen: Seconds into it.
        quartile: Which one it is.
        moving: Whether frames move.
        plays: Whether play is wanted.
        stalled: Whether the player waits for data.
        seeking: Whether it waits for a seek.
        ended: Whether the content is over.
        shown: Whether the content has shown a frame.
        preroll: Of a press: whether ads come before the content.
        after_end: Of the next item: whether the one before ended.
        after_post: Of the next item: whether the one before ended with ads.
        loaded_at: When the item was loaded.
        gapless: Whether nothing parts the ads from the content.
        schedule: The item's breaks and their places, in order, as a player may know them ahead.
        rate: Content seconds a second.
        volume: 0 to 100.
        muted: Whether it has no sound.
        full_screen: Whether it fills the screen.
        hidden: Whether its tab is hidden.
        buffered: Up to which content second there are data.
        edge: Where the live edge is, in seconds of the content's clock; None where nothing is live.
        reason: Of an error, what the player says.
    """

    kind: str
    at: float
    item: Item
    place: float
    origin: float = 0.0
    pod: Pod | None = None
    ad: SimulatedAd | None = None
    number: int = 0
    seen: float = 0.0
    quartile: int = 0
    moving: bool = False
    plays: bool = False
    stalled: bool = False
    seeking: bool = False
    ended: bool = False
    shown: bool = False
    preroll: bool = False
    after_end: bool = False
    after_post: bool = False
    loaded_at: float = 0.0
    gapless: bool = False
    schedule: tuple[tuple[float, Pod], ...] = ()
    rate: float = 1.0
    volume: float = 100.0
    muted: bool = False
    full_screen: bool = False
    hidden: bool = False
    buffered: float | None = None
    edge: float | None = None
    reason: str = "network"

    @property
    def clock(self) -> float:
        """The clock of what plays: the ad's, or the content's."""
        return self.seen if self.ad is not None else self.place

    @property
    def length(self) -> float | None:
        """The length of what plays."""
        return self.ad.length if self.ad is not None else self.item.length
