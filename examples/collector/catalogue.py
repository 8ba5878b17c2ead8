"""What can be watched: in a service of your own, a look-up in its database."""

from typing import Final

from video_tracker import Ad, AdBreak, Content, PlayerAttributes, SessionPlan
from video_tracker import Settings as SessionSettings

__all__ = ["PLAYERS", "VIDEOS"]

PLAYERS: Final = frozenset({"html5", "videojs", "hlsjs"})
"""The adapters that a page may ask for."""

_FILM: Final = Content(
    asset_id="film",
    duration=20,
    title="A Sunset in Twenty Seconds",
    program="Short Walks",
    genre="Documentary",
    full_episode=True,
)
_PLAYER: Final = PlayerAttributes(video_player="html5")
_OFTEN: Final = SessionSettings(heartbeat=5, completion_wait=3)


def _ad(asset_id: str, title: str) -> Ad:
    return Ad(asset_id=asset_id, duration=4, title=title, publisher="Village Shop")


VIDEOS: Final = {
    "film": SessionPlan(contents=[_FILM], player=_PLAYER, settings=_OFTEN),
    "film-with-ads": SessionPlan(
        contents=[_FILM],
        ad_breaks=[
            AdBreak(at="start", ads=[_ad("boots", "Good Boots")]),
            AdBreak(at=8.0, ads=[_ad("tea", "Strong Tea"), _ad("bikes", "Fast Bikes")]),
            AdBreak(at="end", ads=[_ad("lamps", "Warm Lamps")]),
        ],
        player=_PLAYER,
        settings=_OFTEN,
    ),
}
"""Video id -> what is known of it before it plays."""
