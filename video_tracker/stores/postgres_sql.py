"""What :mod:`video_tracker.stores.postgres` says to the server: tables, and a statement a step."""

import re
from typing import Final

from video_tracker.errors import PolicyError

__all__ = ["GATES", "Statements", "tables"]

GATES: Final = 64
"""Partitions that lie so far apart share a gate: a server has room for so many locks only."""
_ALARMS: Final = 10_000
"""So many alarms are put off at once at most."""

_TABLES: Final = """\
CREATE SCHEMA IF NOT EXISTS {schema};

-- A viewer is written again with each thing that he says. Room is left on each page (fillfactor),
-- and no index holds what changes each time: the new row then stands beside the old one, which
-- goes without a vacuum. For that the index is not on the deadline but on the alarm, which is
-- never later: it stays where it is while the deadline moves away from it.
CREATE TABLE IF NOT EXISTS {schema}.viewers (
    partition smallint NOT NULL,
    key bytea NOT NULL,
    version bigint NOT NULL,
    snapshot bytea NOT NULL,
    deadline double precision,
    alarm double precision,
    PRIMARY KEY (partition, key)
) WITH (
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX IF NOT EXISTS viewers_alarm ON {schema}.viewers (alarm);
CREATE INDEX IF NOT EXISTS viewers_partition_alarm ON {schema}.viewers (partition, alarm);

-- Who holds which partition, and how far he has read its log.
CREATE TABLE IF NOT EXISTS {schema}.leases (
    partition smallint NOT NULL,
    kind text NOT NULL,
    epoch bigint NOT NULL,
    owner text NOT NULL,
    until timestamptz NOT NULL,
    log_offset text,
    PRIMARY KEY (partition, kind)
) WITH (fillfactor = 50);

-- What is to be sent. Names and ids are UTF-8.
CREATE TABLE IF NOT EXISTS {schema}.outbox (
    partition smallint NOT NULL,
    number bigserial NOT NULL,
    message_id bytea NOT NULL,
    session_id bytea NOT NULL,
    event bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (partition, number)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- Who counts as live under which label.
CREATE TABLE IF NOT EXISTS {schema}.live (
    label bytea NOT NULL,
    key bytea NOT NULL,
    until double precision NOT NULL,
    PRIMARY KEY (label, key)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- Into how many partitions the keys fall.
CREATE TABLE IF NOT EXISTS {schema}.settings (partitions integer NOT NULL);
"""

_SET_PARTITIONS: Final = """
INSERT INTO {schema}.settings
SELECT %(partitions)s WHERE NOT EXISTS (SELECT FROM {schema}.settings)"""

_GET_PARTITIONS: Final = "SELECT partitions FROM {schema}.settings"

# A subquery with OFFSET 0 or FOR UPDATE is run for each key by itself, so always by the index,
# whatever the planner believes of a table that grows.
_LOAD: Final = """
SELECT told.key, found.version, found.snapshot
FROM unnest(%(partitions)b::smallint[], %(keys)b::bytea[]) AS told (partition, key),
LATERAL (
    SELECT version, snapshot FROM {schema}.viewers AS v
    WHERE v.partition = told.partition AND v.key = told.key OFFSET 0
) AS found"""

_MESSAGES: Final = """unnest(
    %(of)b::integer[], %(ids)b::bytea[], %(sessions)b::bytea[], %(events)b::bytea[],
    %(bodies)b::bytea[]
) WITH ORDINALITY AS m (of, message_id, session_id, event, body, place)"""

# Who writes messages shuts their partition's gate in common with other writers, and who reads them
# shuts it alone: so nobody passes by a number that is still on its way.
#
# Nobody waits for one who waits for him: first comes what is new, while nothing is held that others
# could see, then one row after the other is locked, where it is as it was loaded; each in the order
# of the keys, which is everybody's.
_SAVE: Final = """
WITH gate AS MATERIALIZED (
    SELECT count(pg_advisory_xact_lock_shared(%(space)s::integer, number))
    FROM unnest(%(gates)b::integer[]) AS number
), told AS MATERIALIZED (
    SELECT t.* FROM gate, unnest(
        %(numbers)b::integer[], %(partitions)b::smallint[], %(keys)b::bytea[],
        %(versions)b::bigint[], %(snapshots)b::bytea[], %(deadlines)b::double precision[]
    ) AS t (number, partition, key, version, snapshot, deadline)
), absent AS MATERIALIZED (
    SELECT * FROM told WHERE version = 0 AND NOT EXISTS (
        SELECT FROM {schema}.viewers AS v
        WHERE v.partition = told.partition AND v.key = told.key
    )
), added AS (
    INSERT INTO {schema}.viewers AS v (partition, key, version, snapshot, deadline, alarm)
    SELECT partition, key, 1, snapshot, deadline, deadline
    FROM absent WHERE snapshot IS NOT NULL ORDER BY partition, key
    ON CONFLICT DO NOTHING
    RETURNING v.partition, v.key
), held AS MATERIALIZED (
    SELECT told.* FROM (SELECT count(*) FROM added) AS before (added), told, LATERAL (
        SELECT FROM {schema}.viewers AS v
        WHERE v.partition = told.partition AND v.key = told.key AND v.version = told.version
            AND before.added >= 0
        FOR UPDATE
    ) AS found
), moved AS (
    INSERT INTO {schema}.viewers AS v (partition, key, version, snapshot, deadline, alarm)
    SELECT partition, key, version + 1, snapshot, deadline, deadline
    FROM held WHERE snapshot IS NOT NULL
    ON CONFLICT (partition, key) DO UPDATE SET version = excluded.version,
        snapshot = excluded.snapshot, deadline = excluded.deadline,
        alarm = least(v.alarm, excluded.deadline)
    RETURNING v.partition, v.key
), gone AS (
    DELETE FROM {schema}.viewers AS v USING held
    WHERE held.snapshot IS NULL AND v.partition = held.partition AND v.key = held.key
    RETURNING v.partition, v.key
), written AS MATERIALIZED (
    SELECT told.number, told.partition FROM told JOIN (
        SELECT * FROM moved UNION ALL SELECT * FROM added
        UNION ALL SELECT * FROM gone
        UNION ALL SELECT partition, key FROM absent WHERE snapshot IS NULL
    ) AS each USING (partition, key)
), sent AS (
    INSERT INTO {schema}.outbox (partition, message_id, session_id, event, body)
    SELECT written.partition, m.message_id, m.session_id, m.event, m.body
    FROM {messages} JOIN written ON written.number = m.of ORDER BY m.place
)
SELECT number FROM written"""

_SAVE_UNDER_LEASE: Final = """
WITH fence AS (
    UPDATE {schema}.leases
    SET until = clock_timestamp() + make_interval(secs => %(seconds)s),
        log_offset = coalesce(%(offset)s, log_offset)
    WHERE partition = %(partition)s AND kind = %(kind)s AND epoch = %(epoch)s
        AND until > clock_timestamp()
    RETURNING partition
), gate AS MATERIALIZED (
    SELECT partition,
        pg_advisory_xact_lock_shared(%(space)s::integer, partition %% {gates}) IS NULL AS shut
    FROM fence
), kept AS (
    INSERT INTO {schema}.viewers AS v (partition, key, version, snapshot, deadline, alarm)
    SELECT gate.partition, t.key, 1, t.snapshot, t.deadline, t.deadline
    FROM gate, unnest(
        %(keys)b::bytea[], %(snapshots)b::bytea[], %(deadlines)b::double precision[]
    ) AS t (key, snapshot, deadline)
    ORDER BY t.key
    ON CONFLICT (partition, key) DO UPDATE SET version = v.version + 1,
        snapshot = excluded.snapshot, deadline = excluded.deadline,
        alarm = least(v.alarm, excluded.deadline)
), gone AS (
    DELETE FROM {schema}.viewers AS v USING gate
    WHERE v.partition = gate.partition AND v.key = ANY(%(gone)b::bytea[])
), sent AS (
    INSERT INTO {schema}.outbox (partition, message_id, session_id, event, body)
    SELECT gate.partition, m.message_id, m.session_id, m.event, m.body
    FROM gate, {messages} ORDER BY m.place
)
SELECT count(*) FROM gate"""

# Whose alarm rings before his deadline is given a new one; the others are claimed.
_DUE: Final = """
WITH early AS MATERIALIZED (
    SELECT partition, key FROM {schema}.viewers
    WHERE alarm <= %(now)s AND (deadline <= %(now)s) IS NOT TRUE {where}
    LIMIT {alarms} FOR UPDATE SKIP LOCKED
), put_off AS (
    UPDATE {schema}.viewers AS v SET alarm = v.deadline FROM early
    WHERE v.partition = early.partition AND v.key = early.key
), rung AS MATERIALIZED (
    SELECT partition, key, deadline FROM {schema}.viewers
    WHERE alarm <= %(now)s AND deadline <= %(now)s {where}
    ORDER BY alarm LIMIT %(most)s {lock}
), claimed AS (
    UPDATE {schema}.viewers AS v
    SET deadline = %(now)s + %(claim)s, alarm = %(now)s + %(claim)s FROM rung
    WHERE %(claim)s > 0 AND v.partition = rung.partition AND v.key = rung.key
)
SELECT key FROM rung ORDER BY deadline, key"""

_LEASE: Final = """
INSERT INTO {schema}.leases AS l (partition, kind, epoch, owner, until)
VALUES (%(partition)s, %(kind)s, 1, %(owner)s,
    clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (partition, kind) DO UPDATE SET owner = excluded.owner,
    until = clock_timestamp() + make_interval(secs => %(seconds)s),
    epoch = l.epoch + CASE
        WHEN l.owner = excluded.owner AND l.until > clock_timestamp() THEN 0 ELSE 1 END
WHERE l.owner = excluded.owner OR l.until <= clock_timestamp()
RETURNING epoch, log_offset"""

_GIVE_UP: Final = """
UPDATE {schema}.leases SET until = '-infinity'
WHERE partition = %(partition)s AND kind = %(kind)s AND epoch = %(epoch)s"""

_OUTGOING: Final = """
SELECT number, message_id, session_id, event, body FROM {schema}.outbox
WHERE partition = %(partition)s AND number > %(after)s ORDER BY number LIMIT %(most)s"""

_SENT: Final = """
DELETE FROM {schema}.outbox
WHERE partition = %(partition)s AND number = ANY(%(numbers)b::bigint[])"""

_MARK: Final = """
WITH told AS MATERIALIZED (
    SELECT * FROM unnest(%(labels)b::bytea[], %(keys)b::bytea[], %(untils)b::double precision[])
    AS t (label, key, until)
), gone AS (
    DELETE FROM {schema}.live AS l USING told
    WHERE told.until IS NULL AND l.label = told.label AND l.key = told.key
)
INSERT INTO {schema}.live (label, key, until)
SELECT label, key, until FROM told WHERE until IS NOT NULL ORDER BY label, key
ON CONFLICT (label, key) DO UPDATE SET until = excluded.until"""

_GRANT: Final = """
INSERT INTO {schema}.live AS l (label, key, until)
SELECT %(label)b, %(key)b, %(until)s::double precision WHERE %(most)s > (
    SELECT count(*) FROM {schema}.live
    WHERE label = %(label)b AND key <> %(key)b AND until > %(now)s
)
ON CONFLICT (label, key) DO UPDATE SET until = greatest(l.until, excluded.until)
RETURNING key"""

_ENDED: Final = """
WITH ended AS (DELETE FROM {schema}.live WHERE label = %(label)b AND until <= %(now)s)"""

_LIVE: Final = """
{ended}
SELECT key FROM {schema}.live WHERE label = %(label)b AND until > %(now)s ORDER BY until, key"""

_COUNT: Final = """
{ended}
SELECT count(*) FROM {schema}.live WHERE label = %(label)b AND until > %(now)s"""


def tables(schema: str = "video_tracker") -> str:
    """The SQL that makes the tables, for your own migrations.

    Args:
        schema: In which schema they stand.

    Raises:
        PolicyError: The name is none.
    """
    return _in_schema(_TABLES, schema)


class Statements:
    """What is said to the server, with the tables in a schema."""

    def __init__(self, schema: str) -> None:
        def of(text: str, **parts: str) -> bytes:
            return _in_schema(text, schema, **parts).encode()

        self.tables = of(_TABLES)
        self.set_partitions, self.get_partitions = of(_SET_PARTITIONS), of(_GET_PARTITIONS)
        self.load, self.save = of(_LOAD), of(_SAVE, messages=_MESSAGES)
        self.save_under_lease = of(_SAVE_UNDER_LEASE, messages=_MESSAGES, gates=str(GATES))
        self.due = {
            (in_one, claims): of(
                _DUE,
                where="AND partition = %(partition)s" if in_one else "",
                lock="FOR UPDATE SKIP LOCKED" if claims else "",
                alarms=str(_ALARMS),
            )
            for in_one in (False, True)
            for claims in (False, True)
        }
        self.lease, self.give_up = of(_LEASE), of(_GIVE_UP)
        self.outgoing, self.sent = of(_OUTGOING), of(_SENT)
        self.mark, self.grant = of(_MARK), of(_GRANT)
        ended = _in_schema(_ENDED, schema)
        self.live, self.count = of(_LIVE, ended=ended), of(_COUNT, ended=ended)


def _in_schema(text: str, schema: str, **parts: str) -> str:
    if not re.fullmatch("[a-z_][a-z0-9_]{0,62}", schema):
        raise PolicyError(f"a schema is named as video_tracker is, not {schema!r:.80}")
    return text.format(schema=f'"{schema}"', **parts)
