"""Beacons from clients: a stranger's bytes in, one viewer's callbacks and signals out in order.

Pure, as the session is: no clock, no thread, no socket; time is an argument. ::

    limits, text, walk, rejections, decode    bytes to beacons, or to counted rejections
    cmcd, cmcd_log                            the same for bodies of CMCD event reports
    reorder                                   order, duplicates, gaps (S68)
    skew                                      the client's clock and the server's (S64)
    feed, intake                              one viewer: both in front of adapter and playback

A service makes one :class:`Intake` for each viewer and gives it what :func:`decode_beacons` reads.
"""

from video_tracker.ingest.cmcd import cmcd_status, decode_cmcd
from video_tracker.ingest.decode import Beacon, Decoded, Said, decode_beacons
from video_tracker.ingest.feed import PlayerFeed, Target
from video_tracker.ingest.intake import Intake, IntakeCount
from video_tracker.ingest.limits import Limits
from video_tracker.ingest.rejections import REJECTIONS, Rejection
from video_tracker.ingest.reorder import Ordered, ReorderWindow
from video_tracker.ingest.skew import ClockSkew

__all__ = [
    "REJECTIONS",
    "Beacon",
    "ClockSkew",
    "Decoded",
    "Intake",
    "IntakeCount",
    "Limits",
    "Ordered",
    "PlayerFeed",
    "Rejection",
    "ReorderWindow",
    "Said",
    "Target",
    "cmcd_status",
    "decode_beacons",
    "decode_cmcd",
]
