"""Positions and lengths of the session as plain sums: S1, S4, S5, S80."""

from tests.session.model.world import Where, World

Ad = tuple[int, int]
"""An ad: the index of its break in the world, and its own in the break."""


class Sums:
    """What was seen, what is known, and what they add up to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lengths = [item.declared for item in world.items]
        """The known length of each item."""
        self.furthest = [0.0 for _ in world.items]
        """How far each item was watched."""
        self.begun: set[int] = set()
        """The items of which anything has played."""
        ads = [
            ((n, m), spot, part.planned)
            for n, part in enumerate(world.breaks)
            for m, spot in enumerate(part.spots)
        ]
        self.seen: dict[Ad, float] = {}
        """The seconds played of each ad, as it was seen last."""
        self.known = {ad for ad, _, planned in ads if planned}
        """The ads that are planned or were seen, and not dropped (S4)."""
        self.ad_lengths = {ad: spot.declared for ad, spot, _ in ads}
        self.overrun: set[Ad] = set()
        """Ads that play on beyond their length (S80)."""

    # -- positions ------------------------------------------------------------------------------

    def session_place(self, where: Where) -> float:
        """S1: content, lengths left behind, and the ads of breaks at or before the place."""
        behind = sum(self.left_behind(item) for item in self.begun if item < where.item)
        ads = sum(seconds for ad, seconds in self.seen.items() if self.counts(ad, where))
        return where.place + behind + ads + where.seen

    def left_behind(self, item: int) -> float:
        """S1: the length; of one without a length, how far it was watched."""
        length = self.lengths[item]
        return self.furthest[item] if length is None else length

    def counts(self, ad: Ad, where: Where) -> bool:
        """S1: whether an ad that was seen counts here; the one that plays is counted apart."""
        part = self.world.breaks[ad[0]]
        if part.item != where.item:
            return part.item < where.item and part.item in self.begun
        if ad[0] == where.pod and where.spot is not None:
            return ad[1] < where.spot
        return part.place <= where.place or ad[0] == where.pod

    # -- lengths --------------------------------------------------------------------------------

    def ad_length(self, ad: Ad) -> float | None:
        """S5, S80: what is known of an ad's length now."""
        return None if ad in self.overrun else self.ad_lengths[ad]

    def total(self) -> float | None:
        """S4: contents and ads known so far; of an ad of unknown length what has played (S80)."""
        if any(length is None for length in self.lengths):
            return None
        contents = sum(length for length in self.lengths if length is not None)
        return contents + sum(self.ad_part(ad) for ad in self.known)

    def ad_part(self, ad: Ad) -> float:
        """What an ad adds to the whole."""
        length = self.ad_length(ad)
        return self.seen.get(ad, 0.0) if length is None else length

    # -- evidence -------------------------------------------------------------------------------

    def see(self, where: Where) -> None:
        """Keep what was seen; playing a second beyond a length shows it wrong (S80)."""
        ad = ad_of(where)
        if ad is None:
            self.furthest[where.item] = max(self.furthest[where.item], where.place)
            length = self.lengths[where.item]
            if length is not None and where.place > length + 1:
                self.lengths[where.item] = None
            return
        self.seen[ad] = where.seen
        length = self.ad_lengths[ad]
        if length is not None and where.seen > length + 1:
            self.overrun.add(ad)


def ad_of(where: Where) -> Ad | None:
    """The ad that plays."""
    if where.pod is None or where.spot is None:
        return None
    return where.pod, where.spot
