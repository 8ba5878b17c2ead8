"""A job of Flink's: the sessions of a log in files, from and to folders.

    python tests/engines/flink_job.py LOG OUT OPTIONS

LOG is a folder with files of lines: a JSON array of key, body and time of arrival. OPTIONS is a
JSON object: ``config`` (Flink's), ``pace`` (seconds for each body), ``deliver`` (a folder, where a
transport appends to files what OUT has too).
"""

import json
import os
import sys
import time
from typing import Any

from pyflink.common import Configuration, Duration, Encoder, Types, WatermarkStrategy
from pyflink.common.watermark_strategy import TimestampAssigner
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.datastream.connectors.file_system import FileSink, FileSource, StreamFormat

from video_tracker import JsonLinesTransport
from video_tracker.engines.flink import deliver, session_events
from video_tracker.keyed import Opening
from video_tracker.testing.keyed import opening

BODY = Types.TUPLE([Types.STRING(), Types.STRING(), Types.DOUBLE()])


class ReceivedAt(TimestampAssigner):  # type: ignore[misc]
    """The time of a body is when it came."""

    def extract_timestamp(self, value: Any, record_timestamp: int) -> int:  # noqa: ARG002
        return int(value[2] * 1000)


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
