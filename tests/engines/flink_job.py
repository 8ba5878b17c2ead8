"""A job of Flink's: the sessions of a log in files, from and to folders.

    python tests/engines/flink_job.py LOG OUT OPTIONS

LOG is a folder with files of lines: a JSON array of key, body and time of arrival. OPTIONS is a
JSON object: ``config`` (Flink's), ``pace`` (seconds for each body), ``deliver`` (a folder, where a
transport appends to files what OUT has too), ``engine_alone`` (nothing of the library's is done).
"""

import json
import os
import sys
import time
from typing import Any

from pyflink.common import Configuration, Duration, Encoder, Row, Types, WatermarkStrategy
from pyflink.common.watermark_strategy import TimestampAssigner
from pyflink.datastream import KeyedProcessFunction, StreamExecutionEnvironment
from pyflink.datastream.connectors.file_system import FileSink, FileSource, StreamFormat
from pyflink.datastream.state import ValueStateDescriptor

from video_tracker import JsonLinesTransport
from video_tracker.engines.flink import MESSAGES, deliver, session_events
from video_tracker.keyed import Opening
from video_tracker.testing.keyed import opening

BODY = Types.TUPLE([Types.STRING(), Types.STRING(), Types.DOUBLE()])


class ReceivedAt(TimestampAssigner):  # type: ignore[misc]
    """The time of a body is when it came."""

    def extract_timestamp(self, value: Any, record_timestamp: int) -> int:  # noqa: ARG002
        return int(value[2] * 1000)


class EngineAlone(KeyedProcessFunction):  # type: ignore[misc]
    """What any function pays for a viewer: a value read, a value written, each fourth time a row.

    The value and the row are as large as a snapshot and a message of a film that plays.
    """

    def open(self, runtime_context: Any) -> None:
        kept = ValueStateDescriptor("kept", Types.PICKLED_BYTE_ARRAY())
        self._kept = runtime_context.get_state(kept)

    def process_element(self, value: Any, ctx: Any) -> list[Row]:  # noqa: ARG002
        key = ctx.get_current_key()
        _, times = self._kept.value() or (b"", 0)
        self._kept.update((b"s" * 500, times + 1))
        return [] if times % 4 else [Row(f"{key}-{times}", key, "Content Playing", "m" * 700)]


def openings(key: str) -> Opening:
    """How a viewer begins: one of :func:`made_up`, or one with a player of the browser's own."""
    return opening(key) if key.count("-") == 3 else Opening(player="html5")


def main(log: str, out: str, told: str) -> None:
    """Run the job to its end."""
    options: dict[str, Any] = json.loads(told)
    config = Configuration()
    config.set_string("python.executable", sys.executable)
    for name, value in options.get("config", {}).items():
        config.set_string(name, value)
    env = StreamExecutionEnvironment.get_execution_environment(config)
    pace = options.get("pace", 0.0)

    def body_of(line: str) -> tuple[str, str, float]:
        if pace:
            time.sleep(pace)
        key, body, received_at = json.loads(line)
        return key, body, received_at

    source = FileSource.for_record_stream_format(StreamFormat.text_line_format(), log).build()
    bodies = (
        env.from_source(source, WatermarkStrategy.no_watermarks(), "log")
        .map(body_of, output_type=BODY)
        .assign_timestamps_and_watermarks(
            WatermarkStrategy.for_bounded_out_of_orderness(
                Duration.of_seconds(1)
            ).with_timestamp_assigner(ReceivedAt())
        )
    )
    if options.get("engine_alone"):
        viewers = bodies.key_by(lambda value: value[0], key_type=Types.STRING())
        messages = viewers.process(EngineAlone(), output_type=MESSAGES)
    else:
        messages = session_events(bodies, openings=openings)
    if "deliver" in options:
        folder = options["deliver"]
        deliver(messages, lambda: JsonLinesTransport(f"{folder}/{os.getpid()}.jsonl"), linger=0.2)
    messages.map(lambda message: f"{message[0]}\t{message[3]}", output_type=Types.STRING()).sink_to(
        FileSink.for_row_format(out, Encoder.simple_string_encoder("utf-8")).build()
    )
    env.execute("sessions")


if __name__ == "__main__":
    main(*sys.argv[1:])
