"""Reads a recorded callback log in a program and prints what was watched of each asset.

This is ``video-tracker replay`` without its files: a log's lines, an adapter, a playback.
"""

import json
from pathlib import Path

from video_tracker import Envelope, Event, Playback, Session, find_adapter, plan_from_json
from video_tracker.trace import read_trace

RECORDING = Path(__file__).parent / "recordings" / "preroll-midroll-postroll.jsonl"


def main() -> None:
    """Replay the recording."""
    adapter = find_adapter("videojs")()
    plan = json.loads(RECORDING.with_suffix(".plan.json").read_text("utf-8"))
    # What the player's adapter asks for lies under what the plan says.
    plan["settings"] = {**adapter.settings, **plan["settings"]}
    playback = Playback(Session("recorded-1", plan_from_json(plan)))
    events: list[tuple[Envelope, Event]] = []
    at = 0.0
    with RECORDING.open("rb") as lines:
        for callback in read_trace(lines, RECORDING.name):
            at = callback.at
            for signal in adapter.translate(callback):
                events += playback.receive(signal)
    for signal in adapter.flush(at):
        events += playback.receive(signal)
    events += playback.finish()

    print(f"{len(events)} events")
    for session in playback.sessions:
        figures = session.summary().to_dict()
        print(f"{figures['session_id']}: {figures['ended']}")
        for asset, ranges in figures["watched"].items():
            print(f"  {asset}: " + ", ".join(f"{a:.2f}-{b:.2f} s" for a, b in ranges))
        print(f"  ads: {figures['ads_completed']} of {figures['ads_started']} completed")


if __name__ == "__main__":
    main()
