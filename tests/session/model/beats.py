"""The grid of heartbeats and the quartiles of one pod or ad: S40, S41, S44, S45."""

import math

import attrs


@attrs.define
class Beats:
    """Playing time since the grid began, and what has been told of it."""

    every: float
    played: float = 0.0
    due: float = math.inf
    quartile: int = 0
    """The last one told."""
    last: float = -math.inf
    """When the last beat was told."""
    left_to: float = math.inf
    """The known end whose Completed says what a beat would have said (S44)."""

    def restart(self) -> None:
        """S41: the grid begins anew."""
        self.played = 0.0
        self.due = self.every
        self.left_to = math.inf

    def told(self) -> None:
        """The next beat falls on the grid, however late this one came."""
        while self.due <= self.played:
            self.due += self.every

    def merge(self) -> bool:
        """S45: take the beat within a second of a quartile told now; False where it is unclear."""
        ahead = self.due - self.played
        if 0 < ahead < 1:
            self.due += self.every
        self.told()
        return ahead != 1
