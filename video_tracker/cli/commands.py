"""What the commands are: a line, a sentence, examples that run; and what exit statuses mean."""

from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ["COMMANDS", "DONE", "EXIT_STATUS", "INTERRUPTED", "LEFT_OVER", "READER_LEFT", "UNUSABLE"]

DONE: Final = 0
LEFT_OVER: Final = 1
UNUSABLE: Final = 2
INTERRUPTED: Final = 130
READER_LEFT: Final = 141

EXIT_STATUS: Final[Mapping[int, str]] = {
    DONE: "done",
    LEFT_OVER: "done, and something is left for you: `lint` found what is as bad as `--fail-on`, "
    "`send` could not deliver all, `replay` found a session in several logs; the output says what",
    UNUSABLE: "wrong use: arguments, input or output that cannot be used; standard error says "
    "which, where and what to do. What was fine before a damaged line has been done, as if the "
    "file had ended there",
    INTERRUPTED: "interrupted from the keyboard (Ctrl-C)",
    READER_LEFT: "whoever read the output went away, as `head` does; nothing is said of it",
}
"""What each exit status means, of every command."""


class Command(NamedTuple):
    """A command as its help tells of it.

    Args:
        line: What it is for, in a line.
        description: What it does.
        examples: Uses of it that run, each with what it is for.
    """

    line: str
    description: str
    examples: Mapping[str, str]

    @property
    def epilog(self) -> str:
        """The end of its help: the examples, and where exit statuses are told."""
        shown = (f"  {command}\n      {why}" for command, why in self.examples.items())
        return "\n".join(["examples:", *shown, "", _STATUS])


_STATUS: Final = (
    f"exit status: {DONE} done, {LEFT_OVER} findings or messages that did not arrive, "
    f"{UNUSABLE} wrong use\nor unreadable input, {INTERRUPTED} interrupted"
)

COMMANDS: Final[Mapping[str, Command]] = {
    "replay": Command(
        "turn recorded callback logs into messages",
        """\
Replays recorded callback logs, each by itself and in their order, packed with
gzip or not; of folders all *.jsonl and *.ndjson, with --jobs in several
processes. On a terminal it shows each session as people read it: its events,
its figures, what was repaired and why. Into a pipe, with --json or with -o it
writes one message a line, the exact bytes that would be sent, and standard
error has what was repaired.""",
        {
            "video-tracker replay film.jsonl --user-id viewer-42": "the session, to read",
            "video-tracker replay film.jsonl --plan plan.json -o messages.jsonl": "into a file",
            "video-tracker replay film.jsonl.gz --plan plan.json | head -n 3": (
                "of a packed log the first three messages"
            ),
            "video-tracker replay logs --user-id viewer-42 --jobs auto -o messages.jsonl": (
                "of a folder of logs, by as many processes as there are cores"
            ),
        },
    ),
    "send": Command(
        "send stored messages, from a file or a spool directory",
        """\
Sends messages that are stored in a file (JSON Lines, as replay and the file
transports write them, or a spool's dead letters) or in a tracker's spool
directory, in batches, trying again what fails. What it could not send stays in
the spool.""",
        {
            "video-tracker send messages.jsonl --dry-run": "count what would be sent",
            "VIDEO_TRACKER_KEY=write-key video-tracker send spool": "send what a crash left",
        },
    ),
    "explain": Command(
        "say why a log gives these events and figures, and why not others",
        """\
Replays a log and says why: of each event the input and the rule that made it
and what its position is made of, what was repaired, what did not come and what
was nearest, and of which seconds each figure is made. With one of --event,
--position, --missing, --figure only that is answered.""",
        {
            "video-tracker explain film.jsonl --plan plan.json --event 3": "why the third came",
            'video-tracker explain film.jsonl --missing "Ad Completed"': "why it did not come",
            "video-tracker explain film.jsonl --figure content_played --json": "as data",
        },
    ),
    "whatif": Command(
        "show what another plan or other settings would change",
        """\
Replays a log twice, as it is (--base-plan, --base-set) and as it might be
(--plan, --set, --heartbeat), and shows the events side by side and the figures
that differ.""",
        {
            "video-tracker whatif film.jsonl --base-plan plan.json --heartbeat 30": (
                "with a heartbeat each half a minute"
            ),
            "video-tracker whatif film.jsonl --plan plan.json --json": "with a plan, as data",
        },
    ),
    "timeline": Command(
        "draw sessions: what the viewer did, on wall time",
        """\
Draws the sessions of a callback log, of the library's own log, or of a file of
anybody's messages (Segment, RudderStack, Customer.io): content, ads, pauses,
seeks and stalls as lanes, the playhead, the events, what was seen. On the
terminal, or as a picture with -o. With OTHER, --other-plan or --other-set two
are drawn above each other.""",
        {
            "video-tracker timeline film.jsonl --plan plan.json": "on the terminal",
            "video-tracker timeline messages.jsonl -o session.svg": "of messages, as a picture",
            "video-tracker timeline film.jsonl --other-set ads=stitched -o both.html": (
                "as it is and as it might be, to explore in a browser"
            ),
        },
    ),
    "diagram": Command(
        "print the session's state charts",
        "Prints the session's state charts as mermaid, all or the one named.",
        {
            "video-tracker diagram where": "one of them",
            "video-tracker diagram > charts.mmd": "both, into a file",
        },
    ),
    "lint": Command(
        "find what is wrong with messages, traces, signal logs and plans",
        """\
Finds what is wrong with anybody's video messages (Segment, RudderStack,
Customer.io), with traces, signal logs and plan files, and what destinations
would do wrong with them.""",
        {
            "video-tracker lint messages.jsonl --destination adobe": "also for one destination",
            "video-tracker lint plan.json --fail-on warning": "stricter, in a pipeline",
            "video-tracker lint messages.jsonl --format sarif > lint.sarif": "for a code host",
        },
    ),
    "schema": Command(
        "print the JSON Schemas of the messages",
        """\
Prints the JSON Schema (draft 2020-12) of the messages of each event, or of the
one named, in a vendor's flavour. With -o each becomes a file in that folder.""",
        {
            'video-tracker schema --event "Video Ad Started"': "one of them",
            "video-tracker schema --profile segment -o schemas": "all, a file each",
        },
    ),
    "simulate": Command(
        "play a scenario as a player would tell it",
        """\
Plays a scenario (YAML or JSON) on a virtual clock and writes what a player
would say of it: callbacks that replay reads, session signals, or the messages
that come of it. The truth of it goes to standard error.""",
        {
            "video-tracker simulate film.yaml --player html5 -o film.jsonl": "a log to replay",
            "video-tracker simulate film.yaml --faults drop=0.05,reorder=0.5 --seed 7": (
                "with losses on the way, the same each time"
            ),
        },
    ),
    "completion": Command(
        "print a script that completes this command in a shell",
        """\
Prints a script that lets a shell complete commands, options and their values.
It needs the extra: pip install 'video-tracker[cli]'.""",
        {
            "source <(video-tracker completion bash)": "in this bash",
            "video-tracker completion zsh > _video-tracker": "for a folder of zsh's fpath",
        },
    ),
}
"""The commands, in the order of the help."""
