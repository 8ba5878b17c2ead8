"""What pods are called, and where content pods begin and end: S12, S21, S22."""

import attrs

from tests.session.model.world import Break, Where, World


@attrs.define
class Border:
    """A place where a content pod begins, and its id."""

    place: float
    pod_id: str


def in_order(world: World) -> list[int]:
    """The planned breaks along the timeline."""
    order = {"pre": 0, "mid": 1, "post": 2}
    planned = [n for n, part in enumerate(world.breaks) if part.planned]

    def place(number: int) -> tuple[int, int, float]:
        part = world.breaks[number]
        return part.item, order[part.roll], part.place

    return sorted(planned, key=place)


def parts(item: int, part: Break) -> bool:
    """Whether a break is a planned mid-roll of this item."""
    return part.item == item and part.roll == "mid" and part.planned


class Pods:
    """Ids in order of first appearance on the timeline, the planned ones first (S12)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ads_named = 0
        self.contents_named = 0
        self.of_ads: dict[int, str] = {}
        """The ad pod of each break that is known, by its index."""
        for number in in_order(world):
            self.name_ads(number)
        self.borders = [self.planned_borders(n) for n, _ in enumerate(world.items)]
        """The content pods of each item, by where they begin."""
        self.broken: set[tuple[int, float]] = set()
        """Items and places of the breaks that have played."""
        self.current: str | None = None
        """The content pod that is open."""

    def name_ads(self, number: int) -> None:
        """A break appears: it keeps its id; a caller's own one wins, and uses up no number."""
        own = self.world.breaks[number].pod_id
        if number in self.of_ads:
            return
        if own is None:
            self.ads_named += 1
        self.of_ads[number] = own or f"ad-{self.ads_named}"

    def planned_borders(self, item: int) -> list[Border]:
        """The planned mid-rolls part an item into pods."""
        places = sorted(part.place for part in self.world.breaks if parts(item, part))
        return [self.border(place) for place in (0.0, *places)]

    def border(self, place: float) -> Border:
        """A content pod that appears now."""
        self.contents_named += 1
        return Border(place, f"content-{self.contents_named}")

    def at(self, where: Where) -> str:
        """The pod in which a content place lies."""
        return [b.pod_id for b in self.borders[where.item] if b.place <= where.place][-1]

    def break_at(self, where: Where) -> None:
        """S21: a break that plays is a border."""
        self.broken.add((where.item, where.place))
        borders = self.borders[where.item]
        if not any(border.place == where.place for border in borders):
            borders.append(self.border(where.place))
            borders.sort(key=lambda border: border.place)

    def pass_by(self, where: Where) -> None:
        """S22: a border that is passed by playing without an ad is none any more."""
        for border in self.ahead(where):
            if where.place > border.place:
                self.borders[where.item].remove(border)

    def ahead(self, where: Where) -> list[Border]:
        """The borders behind the open pod."""
        borders = self.borders[where.item]
        names = [border.pod_id for border in borders]
        return borders[names.index(self.current) + 1 :] if self.current in names else []
