"""What can be watched: in a service of your own, a look-up in its database."""

from typing import Final

from video_tracker import Ad, AdBreak, Content, PlayerAttributes, SessionPlan, Settings

__all__ = ["plan_for"]

_FILM: Final = Content(
    asset_id="film",
    duration=20,
    title="A Sunset in Twenty Seconds",
    program="Short Walks",
    genre="Documentary",
    full_episode=True,
)


def _ad(asset_id: str, title: str) -> Ad:
    return Ad(asset_id=asset_id, duration=4, title=title, publisher="Village Shop")


_BREAKS: Final = (
    AdBreak(at="start", ads=[_ad("boots", "Good Boots")]),
    AdBreak(at=8.0, ads=[_ad("tea", "Strong Tea"), _ad("bikes", "Fast Bikes")]),
    AdBreak(at="end", ads=[_ad("lamps", "Warm Lamps")]),
)
# Often enough to be seen in twenty seconds, and done soon after the last ad.
_SETTINGS: Final = Settings(heartbeat=5, completion_wait=3)

_PLANS: Final = {
    (video, player): SessionPlan(
        contents=[_FILM],
        ad_breaks=ad_breaks,
        player=PlayerAttributes(video_player=player),
        settings=_SETTINGS,
    )
    for video, ad_breaks in {"film": (), "film-with-ads": _BREAKS}.items()
    for player in ("html5", "videojs", "hlsjs", "cmcd")
}


def plan_for(video: str, player: str) -> SessionPlan | None:
    """What is known of a video before it plays; None when there is no such video or player.

    Sessions may share a plan, and should: who watches is not part of it.

    Args:
        video: The video's id.
        player: Which adapter reads the page's beacons.
    """
    return _PLANS.get((video, player))
