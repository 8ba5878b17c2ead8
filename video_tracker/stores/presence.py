"""Who is live: how many watch an asset, and whether an account may begin one stream more.

A viewer counts under ``asset:ID`` of what he watches, under ``viewer:ID`` and under the labels of
his opening, from when his session has begun until it is over or its silence was told (S26).
:class:`~video_tracker.stores.SharedSessions` with ``presence=True`` notes that with each step.
Should nobody look after the store any more, he counts until a minute past his last deadline.
"""

from typing import Final

from video_tracker.stores.base import Mark, Store

__all__ = ["Presence"]


class Presence:
    """Asks a store who is live.

    Args:
        store: The store in which the viewers are.
        reserve: Seconds for which a granted stream that has not begun counts.
    """

    def __init__(self, store: Store, reserve: float = 60.0) -> None:
        self._store: Final = store
        self._reserve = reserve

    def count(self, label: str, now: float) -> int:
        """How many are live under a label.

        Args:
            label: As ``asset:film``, ``viewer:u1``, ``account:42``.
            now: Unix seconds.
        """
        return self._store.count(label, now)

    def sessions(self, label: str, now: float) -> list[str]:
        """Which sessions are live under a label, by the ids that they began with."""
        return self._store.live(label, now)

    def grant(self, label: str, session_id: str, most: int, now: float) -> bool:
        """Ask for one stream more, before it begins.

        It is freed by the session's exit or end, by its silence (S26), or by :meth:`free`; it is
        kept by what the session says, if its opening has the label.

        Args:
            label: Of whom it is asked, as ``account:42``.
            session_id: The session that is to begin; asked again it has its place already.
            most: How many streams there may be at once.
            now: Unix seconds.

        Returns:
            Whether it is granted. Of several who ask at once never more are than may be.
        """
        return self._store.grant(label, session_id, most, now + self._reserve, now)

    def free(self, label: str, session_id: str) -> None:
        """Give a stream back that was granted and is not to begin."""
        self._store.mark([Mark(label, session_id, None)])
