"""A recording as a page would have posted it."""

import json

from tests.recordings.replaying import recorded

__all__ = ["posted"]


def posted(name: str, together: int, shift: float = 0.0) -> list[str]:
    """The bodies of a recording's callbacks, so many in each; so many seconds later than it was."""
    beacons = [
        {
            "seq": number,
            "t": (each.at + shift) * 1000,
            "player": each.player,
            "event": each.event,
            "state": dict(each.state),
            "detail": dict(each.detail),
            "el": each.element,
        }
        for number, each in enumerate(recorded(name))
    ]
    parts = [beacons[start : start + together] for start in range(0, len(beacons), together)]
    return [json.dumps({"sent_at": part[-1]["t"], "beacons": part}) for part in parts]
