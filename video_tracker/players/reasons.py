"""Errors in words, as players and SDKs tell them."""

from collections.abc import Mapping

from video_tracker.payload import text_of, whole

__all__ = ["ad_failure", "reason_of"]


def reason_of(what: str, code: int | None, *said: object, unnamed: str = "playback error") -> str:
    """An error in words: what the player says of it, else what it is by its code."""
    told = next((text for each in said if (text := text_of(each))), None)
    return told or (unnamed if code is None else f"{what} {code}")


def ad_failure(told: object) -> str:
    """An ad's error in words, as a player or an SDK tells it: a text, or an object."""
    if not isinstance(told, Mapping):
        return text_of(told) or "ad error"
    codes = (whole(told.get(key)) for key in ("vastErrorCode", "errorCode", "code"))
    code = next((found for found in codes if found is not None), None)
    words = (told.get(key) for key in ("message", "errorMessage", "name", "error"))
    return reason_of("ad error", code, *words, unnamed="ad error")
