"""The figures of a summary, each as a plain sum or count over the truth."""

from tests.session.model.world import QUARTER, Moment, Stretch, Truth

BUCKET_OF = {
    "content": "content_played",
    "ad": "ad_played",
    "pause": "paused",
    "stall": "buffering",
    "seek": "seeking",
}
COUNT_OF = {
    "pause": "pauses",
    "seek": "seeks",
    "stall": "rebuffers",
    "ad": "ads_started",
    "ad fails": "ads_failed",
}


def expected_figures(truth: Truth, rows: list[str], rate: float) -> dict[str, float]:
    """What the summary must say; ``rows`` are the expected events."""
    figures: dict[str, float] = dict.fromkeys((*BUCKET_OF.values(), *COUNT_OF.values()), 0.0)
    for each in truth:
        if isinstance(each, Moment) and each.kind in COUNT_OF:
            figures[COUNT_OF[each.kind]] += 1
        elif isinstance(each, Stretch) and each.kind in BUCKET_OF:
            figures[BUCKET_OF[each.kind]] += each.end - each.start
    figures |= startup_time(truth)
    figures["unique_seconds"] = unique_seconds(truth, rate)
    figures["content_media_seconds"] = figures["content_played"] * rate
    figures["ads_completed"] = sum(" Ad Completed " in row for row in rows)
    return figures


def startup_time(truth: Truth) -> dict[str, float]:
    """From pressing play to the first frame of anything, when there was one."""
    moments = [each for each in truth if isinstance(each, Moment)]
    frames = [each.at for each in moments if each.kind in {"frame", "ad"}]
    return {"startup_time": frames[0]} if frames else {}


def unique_seconds(truth: Truth, rate: float) -> float:
    """How much of the contents was seen at least once, marking small pieces of it."""
    piece = QUARTER * min(rate, 1.0)
    marked: set[tuple[int, int]] = set()
    for each in truth:
        if isinstance(each, Stretch) and each.kind == "content":
            first = round(each.where.place / piece)
            count = round((each.end - each.start) * rate / piece)
            marked |= {(each.where.item, first + n) for n in range(count)}
    return len(marked) * piece
