"""What is made of one log: its messages, its summaries, what people read; in whichever process."""

import contextlib
import json
import pickle
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import attrs

from video_tracker.cli.engine import Replay
from video_tracker.cli.files import CommandError, log_lines, tell, why
from video_tracker.cli.mistaken import LOG, only
from video_tracker.cli.options import PlanOptions
from video_tracker.cli.progress import open_watched
from video_tracker.cli.remarks import Remark, Told
from video_tracker.cli.screen import Look, drawn
from video_tracker.errors import TraceError, VideoTrackerError
from video_tracker.explain import RecordedSession
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Adapter
from video_tracker.trace import Owner
from video_tracker.wire import Encoder, Record

__all__ = ["Done", "Log", "Replayed", "Work", "make_replay", "spread"]

_KILLED = "a process was killed as it was replayed, and again as it was replayed alone (no memory?)"
_CHUNK = 1024 * 1024
"""Bytes that are moved at once."""


def make_replay(
    log: str,
    lines: Iterable[bytes],
    options: PlanOptions,
    encoder: Encoder,
    *,
    player: str | None,
    session_id: str | None,
    **hooks: Any,
) -> Replay:
    """The replay of a log under a plan.

    Args:
        log: Its name; - is standard input.
        lines: Its lines.
        options: The plan, and what is put over it.
        encoder: Makes the records.
        player: Whose log it is; None lets the log decide.
        session_id: The id of its first session; None makes one.
        hooks: The engine's.
    """

    def make_plan(adapter: Adapter | None, viewer: Owner) -> SessionPlan:
        if adapter is None:
            return options.session_plan({}, None, viewer)
        return options.session_plan(adapter.settings, adapter.name, viewer)

    return Replay(
        only(LOG, lines, log),
        file=log,
        player=player,
        make_plan=make_plan,
        encoder=encoder,
        session_id=session_id,
        name="stdin" if log == "-" else Path(log.removesuffix(".gz")).stem,
        **hooks,
    )


@attrs.frozen(kw_only=True)
class Done:
    """What came of a log, beside its messages.

    Args:
        fault: What is wrong with it.
        told: What is said of it; None where nothing of it could be used.
        unsent: What must not be sent, a sentence each.
        summaries: Its sessions' summaries, as JSON of two spaces.
        view: What people read.
        sessions: The ids of its sessions.
    """

    fault: str | None = None
    told: Told | None = None
    unsent: list[str] = attrs.field(factory=list)
    summaries: list[str] = attrs.field(factory=list)
    view: bytes = b""
    sessions: list[str] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class Work:
    """What is to be made of each log.

    Args:
        options: The plan, and what is put over it.
        player: Whose logs they are; None lets each decide.
        session_id: The id of the first session; None makes one.
        profile: The vendor's flavour.
        messages: Whether the messages are wanted.
        summaries: Whether the summaries are.
        look: How what people read is looked at; None where nobody does.
        verbose: Tell of what was passed over one by one.
    """

    options: PlanOptions
    player: str | None
    session_id: str | None
    profile: str
    messages: bool
    summaries: bool
    look: Look | None
    verbose: bool


class Replayed(Protocol):
    """A log that is replayed: first its messages come, then is known what else came of it."""

    @property
    def done(self) -> Done:
        """What came of it."""

    def messages(self) -> Iterator[bytes]:
        """Its messages, a line each; some at once."""


class Log:
    """A log that is replayed here.

    Args:
        work: What is to be made of it.
        name: The log; - is standard input.
        quiet: Do not show how far it is.

    Attributes:
        done: What came of it, once there are no more messages.
    """

    def __init__(self, work: Work, name: str, *, quiet: bool = True) -> None:
        self._work, self._name, self._quiet = work, name, quiet
        self.done = Done()

    def messages(self) -> Iterator[bytes]:
        """Its messages, as they are made."""
        try:
            yield from self._made()
        except VideoTrackerError as error:
            self.done = Done(fault=f"{self._name}: {error}")
        except CommandError as error:
            self.done = Done(fault=str(error))

    def _made(self) -> Iterator[bytes]:
        shown: list[Record] = []
        work, fault = self._work, None
        with open_watched(self._name, quiet=self._quiet) as file:
            replay = make_replay(
                self._name,
                log_lines(file, self._name),
                work.options,
                Encoder(profile=work.profile),
                player=work.player,
                session_id=work.session_id,
                **({} if work.look is None else {"make_session": RecordedSession}),
            )
            try:
                for record in replay.records():
                    if work.messages:
                        yield record.body + b"\n"
                    if work.look is not None:
                        shown.append(record)
            except TraceError as error:
                fault = str(error)
        self.done = self._done(replay, shown, fault)

    def _done(self, replay: Replay, shown: list[Record], fault: str | None) -> Done:
        work, told, unsent = self._work, Told.of(replay), replay.account.unsent
        view = b""
        if work.look is not None:
            from video_tracker.cli.view import view_of  # noqa: PLC0415 - only who looks pays for it

            remarks = [Remark("unsent", 1, each) for each in unsent]
            remarks += told.remarks(verbose=work.verbose)
            parts = view_of(replay, shown, remarks, work.look, verbose=work.verbose)
            view = b"".join(drawn(parts, colour=work.look.colour))
        summaries = replay.summaries() if work.summaries else []
        return Done(
            fault=fault,
            told=told,
            unsent=unsent,
            summaries=[json.dumps(each.to_dict(), indent=2, allow_nan=False) for each in summaries],
            view=view,
            sessions=[session.session_id for session in replay.sessions],
        )


# -- in processes ----------------------------------------------------------------------------------

_Task = tuple[str, Path]
"""A log, and where what comes of it waits for its turn."""


@attrs.frozen
class _Stored:
    """A log that was replayed elsewhere.

    Args:
        place: Where its messages are; what else came of it lies beside them.
    """

    place: Path

    @property
    def done(self) -> Done:
        """What came of it."""
        done: Done = pickle.loads(_beside(self.place).read_bytes())  # noqa: S301 - our own
        return done

    def messages(self) -> Iterator[bytes]:
        """Its messages."""
        with self.place.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


@attrs.frozen
class _Lost:
    """A log whose process was killed."""

    done: Done

    def messages(self) -> Iterator[bytes]:
        """None."""
        return iter(())


def spread(work: Work, logs: Iterable[str], jobs: int) -> Iterator[Replayed]:
    """Replay logs in several processes.

    Args:
        work: What is to be made of each.
        logs: The logs, none of them standard input.
        jobs: How many processes.

    Yields:
        Each in its turn. What comes of later ones waits in files, of no more logs than
        :data:`~video_tracker.cli.jobs.AHEAD` for each process.

    Raises:
        CommandError: What is to wait cannot be written.
    """
    from video_tracker.cli.jobs import in_order  # noqa: PLC0415 - only who needs processes pays

    try:
        with TemporaryDirectory(prefix="video-tracker-") as folder:
            tasks = ((log, Path(folder, str(number))) for number, log in enumerate(logs))
            with contextlib.closing(in_order(partial(_store, work), tasks, jobs, _again)) as stored:
                for (log, place), is_done in stored:
                    yield _Stored(place) if is_done else _Lost(Done(fault=f"{log}: {_KILLED}"))
                    place.unlink(missing_ok=True)
                    _beside(place).unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"{error.filename or 'a temporary folder'}: {why(error)}") from error


def _beside(place: Path) -> Path:
    return place.with_name(f"{place.name}-done")


def _store(work: Work, task: _Task) -> None:
    """In a process of its own: replay a log into files, of which a killed one leaves no harm."""
    log, place = task
    replayed = Log(work, log)
    with place.open("wb") as file:
        file.writelines(replayed.messages())
    _beside(place).write_bytes(pickle.dumps(replayed.done))


def _again(task: _Task) -> bool:
    """Whether a log can be replayed again: what was a pipe is gone."""
    log, _ = task
    tell(f"video-tracker: {log}: a process was killed (no memory?); it is replayed again, alone")
    return Path(log).is_file()
