"""Delivery's figures as OpenTelemetry metrics; needs the ``otel`` extra.

::

    metrics = DeliveryMetrics()
    tracker = Tracker(transport, **metrics.hooks())
    metrics.watch(tracker)

========================================  =========  ============================================
instrument                                unit       what
========================================  =========  ============================================
``video_tracker.queue.messages``          {message}  gauge: waiting or on their way
``video_tracker.queue.size``              By         gauge: the bytes of those
``video_tracker.sessions``                {session}  gauge: sessions held
``video_tracker.delivered``               {message}  counter
``video_tracker.retried``                 {message}  counter, by ``reason``
``video_tracker.dropped``                 {message}  counter, by ``reason``
``video_tracker.dead``                    {message}  counter, by ``reason``
``video_tracker.latency``                 s          histogram: age of a batch's oldest message
``video_tracker.undeliverable``           {message}  counter, by ``reason``: never became messages
``video_tracker.ignored``                 {callback} counter, by ``reason``: nothing came of them
``video_tracker.astray``                  {callback} counter, by ``reason``: no adapter knew them
``video_tracker.diagnostics``             {input}    counter, by ``reason``: not simply accepted
``video_tracker.repairs``                 {value}    counter, by ``reason``: left out or changed
========================================  =========  ============================================
"""

import weakref
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, TypedDict

try:
    from opentelemetry.metrics import CallbackOptions, Meter, MeterProvider, Observation, get_meter
except ImportError as error:
    raise ImportError("metrics need OpenTelemetry: pip install 'video-tracker[otel]'") from error

from video_tracker.delivery import Dead
from video_tracker.tracker.account import Stats
from video_tracker.tracker.base import TrackerBase
from video_tracker.tracker.hooks import Drop, Retry, Sent
from video_tracker.version import __version__

__all__ = ["DeliveryMetrics", "MetricHooks"]

_NAME: Final = "video_tracker"

Hook = Callable[[Any], object]


class MetricHooks(TypedDict):
    """Arguments of a tracker."""

    on_sent: Hook
    on_retry: Hook
    on_drop: Hook
    on_dead: Hook


class DeliveryMetrics:
    """The instruments, fed by trackers' hooks and figures.

    One object serves any number of trackers; their figures are added up.

    Args:
        provider: Where the meter comes from; the global one by default.
    """

    def __init__(self, provider: MeterProvider | None = None) -> None:
        meter: Meter = get_meter(_NAME, __version__, meter_provider=provider)
        self._trackers: weakref.WeakSet[TrackerBase] = weakref.WeakSet()
        self._delivered = meter.create_counter(
            f"{_NAME}.delivered", "{message}", "Messages that arrived"
        )
        self._retried = meter.create_counter(
            f"{_NAME}.retried", "{message}", "Messages taken back to be tried again"
        )
        self._dropped = meter.create_counter(
            f"{_NAME}.dropped", "{message}", "Messages given up before they were refused"
        )
        self._dead = meter.create_counter(
            f"{_NAME}.dead", "{message}", "Messages that were refused or failed too often"
        )
        self._latency = meter.create_histogram(
            f"{_NAME}.latency", "s", "Age of a batch's oldest message when it arrived"
        )
        for name, unit, text, figure in (
            ("queue.messages", "{message}", "Messages waiting or on their way", _pending),
            ("queue.size", "By", "Bytes of those messages", _pending_bytes),
            ("sessions", "{session}", "Sessions held", _sessions),
        ):
            meter.create_observable_gauge(
                f"{_NAME}.{name}", [self._summed(figure)], unit, description=text
            )

        for name, unit in _BY_REASON.items():
            meter.create_observable_counter(f"{_NAME}.{name}", [self._counted(name)], unit)

    def watch(self, tracker: TrackerBase) -> None:
        """Report a tracker's queue and sessions for as long as it lives."""
        self._trackers.add(tracker)

    def hooks(
        self,
        *,
        on_sent: Hook | None = None,
        on_retry: Hook | None = None,
        on_drop: Hook | None = None,
        on_dead: Hook | None = None,
    ) -> "MetricHooks":
        """The hooks to give to a tracker, by their names.

        Args:
            on_sent: A hook of your own, called after this one.
            on_retry: Likewise.
            on_drop: Likewise.
            on_dead: Likewise.

        Returns:
            The four, to be given on: ``Tracker(transport, **metrics.hooks())``.
        """
        return {
            "on_sent": _after(self._sent, on_sent),
            "on_retry": _after(self._retry, on_retry),
            "on_drop": _after(self._drop, on_drop),
            "on_dead": _after(self._letter, on_dead),
        }

    def _sent(self, sent: Sent) -> None:
        self._delivered.add(len(sent.records))
        self._latency.record(sent.latency)

    def _retry(self, retry: Retry) -> None:
        self._retried.add(len(retry.records), {"reason": retry.reason})

    def _drop(self, drop: Drop) -> None:
        self._dropped.add(len(drop.records), {"reason": drop.reason})

    def _letter(self, dead: Dead) -> None:
        self._dead.add(1, {"reason": dead.reason})

    def _counted(self, name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        reference = weakref.ref(self)

        def observe(_options: CallbackOptions) -> Iterable[Observation]:
            metrics, counts = reference(), Counter[str]()
            for tracker in () if metrics is None else list(metrics._trackers):
                for what, number in getattr(tracker.stats(), name).items():
                    counts[what.partition(": ")[2] or what] += number  # of whichever callback
            return [Observation(number, {"reason": why}) for why, number in counts.items()]

        return observe

    def _summed(
        self, figure: Callable[[Stats], int]
    ) -> Callable[[CallbackOptions], Iterable[Observation]]:
        # Weakly: a meter keeps its callbacks for ever.
        reference = weakref.ref(self)

        def observe(_options: CallbackOptions) -> Iterable[Observation]:
            metrics = reference()
            if metrics is not None:
                yield Observation(sum(figure(each.stats()) for each in list(metrics._trackers)))

        return observe


_BY_REASON: Final = {
    "undeliverable": "{message}",
    "ignored": "{callback}",
    "astray": "{callback}",
    "diagnostics": "{input}",
    "repairs": "{value}",
}
"""Figures that are counted by reason, with their units."""


def _pending(stats: Stats) -> int:
    return stats.pending


def _pending_bytes(stats: Stats) -> int:
    return stats.pending_bytes


def _sessions(stats: Stats) -> int:
    return stats.sessions


def _after(ours: Hook, theirs: Hook | None) -> Hook:
    if theirs is None:
        return ours

    def both(value: Any) -> None:
        ours(value)
        theirs(value)

    return both
