"""What a Redis server does in one step: scripts for :mod:`video_tracker.stores.redis`.

Each is done wholly or not at all: whether memory is short or the server a replica is asked before
its first write. Times in ``ARGV`` are in milliseconds, except deadlines and what they are held
against, which are scores: Unix seconds.
"""

import hashlib
from typing import Final

import attrs

__all__ = ["CLAIM", "DUE", "GIVE_UP", "GRANT", "LEASE", "MARK", "NOW", "SAVE", "TEXTS", "Script"]


@attrs.frozen
class Script:
    """A script by its text, and by the name under which a server remembers it."""

    text: str
    sha: str = attrs.field(init=False)

    @sha.default
    def _sha(self) -> str:
        return hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


def _script(body: str) -> Script:
    now = "local time = redis.call('TIME')\nlocal now = time[1] * 1000 + math.floor(time[2] / 1000)"
    return Script(f"{now}\n{body}")


# KEYS: deadlines, outbox, lease, viewers. ARGV: token, epoch, token before, offset, latest
# deadline, time to live, then four for each viewer, then four for each message. A viewer's last is
# his snapshot, without an epoch with what stands before it. The sorted set is written in lists that
# Lua's stack holds.
SAVE: Final = _script("""
local deadlines, outbox, lease = KEYS[1], KEYS[2], KEYS[3]
local token, epoch, before, offset = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local expiry = string.format('%d', math.max(now, tonumber(ARGV[5])) + ARGV[6])
local held = epoch ~= ''
if held then
  local is = redis.call('HMGET', lease, 'epoch', 'token', 'until', 'seconds')
  if is[1] ~= epoch then return false end
  if is[2] == token then return {} end
  if before ~= '' and is[2] ~= before or tonumber(is[3]) <= now then return false end
  redis.call('HSET', lease, 'token', token, 'until', now + is[4])
  if offset ~= '' then redis.call('HSET', lease, 'offset', string.sub(offset, 2)) end
end
local waits, leaves, written = {}, {}, {}
local at, record = 7, 7 + 4 * (#KEYS - 3)
for i = 4, #KEYS do
  local key, expected, deadline, messages = KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local version = redis.call('GETRANGE', key, 0, 11)
  local mine = held or version == expected
  if mine then
    local value = ARGV[at + 3]
    if held then value = string.format('%012d', (tonumber(version) or 0) + 1) .. token .. value end
    if deadline == 'gone' then
      redis.call('DEL', key)
      leaves[#leaves + 1] = key
    elseif deadline == '' then
      redis.call('SET', key, value)
      leaves[#leaves + 1] = key
    else
      redis.call('SET', key, value, 'PXAT', expiry)
      waits[#waits + 1] = deadline
      waits[#waits + 1] = key
    end
  end
  if messages ~= '' then
    for _ = 1, messages do
      if mine then
        redis.call('XADD', outbox, '*', 'id', ARGV[record], 'session', ARGV[record + 1],
          'event', ARGV[record + 2], 'body', ARGV[record + 3])
      end
      record = record + 4
    end
  end
  if not held then
    mine = mine or redis.call('GETRANGE', key, 12, 19) == token
    written[i - 3] = mine and 1 or 0
  end
  at = at + 4
end
local function move(command, list)
  for i = 1, #list, 4000 do
    redis.call(command, deadlines, unpack(list, i, math.min(i + 3999, #list)))
  end
end
move('ZADD', waits)
move('ZREM', leaves)
return written
""")

# KEYS: lease. ARGV: owner, milliseconds, token and epoch that are known, the token of a new epoch.
# A server that has forgotten the whole lease counts on from the epoch that its owner knows.
LEASE: Final = _script("""
local is = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until', 'token', 'offset')
local alive = is[3] and tonumber(is[3]) > now
if alive and is[1] ~= ARGV[1] then return false end
local epoch, token = tonumber(is[2] or 0), is[4]
if not alive or ARGV[3] ~= '' and ARGV[3] ~= token then
  epoch, token = math.max(epoch, tonumber(ARGV[4])) + 1, ARGV[5]
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', epoch, 'until', now + ARGV[2],
  'seconds', ARGV[2], 'token', token)
return {epoch, token, is[5]}
""")

# KEYS: lease. ARGV: epoch.
GIVE_UP: Final = _script("""
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'until', 0)
end
""")

# KEYS: deadlines. ARGV: time, most.
DUE: Final = _script("""
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
""")

# KEYS: deadlines. ARGV: time, until when, viewers.
CLAIM: Final = _script("""
local claimed = {}
for i = 3, #ARGV do
  local due = redis.call('ZSCORE', KEYS[1], ARGV[i])
  claimed[i - 2] = due and tonumber(due) <= tonumber(ARGV[1]) and 1 or 0
  if claimed[i - 2] == 1 then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[i]) end
end
return claimed
""")

# KEYS: any.
NOW: Final = _script("return now")

# What a label's set needs after each write. ARGV: the latest end, time to live.
_KEEP: Final = """
local stays = math.max(ARGV[1] - now, 0) + ARGV[2]
if redis.call('PTTL', KEYS[1]) < stays then
  redis.call('PEXPIRE', KEYS[1], string.format('%d', stays))
end
"""

# KEYS: label. ARGV: as above, then two for each viewer.
MARK: Final = _script(f"""
for i = 3, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('ZREM', KEYS[1], ARGV[i])
  else
    redis.call('ZADD', KEYS[1], ARGV[i + 1], ARGV[i])
  end
end
{_KEEP}""")

# KEYS: label. ARGV: as above, time, most, the viewer, his end.
GRANT: Final = _script(f"""
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local own = redis.call('ZSCORE', KEYS[1], ARGV[5])
if redis.call('ZCARD', KEYS[1]) - (own and 1 or 0) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], 'GT', ARGV[6], ARGV[5])
{_KEEP}
return 1""")

TEXTS: Final = {
    each.sha: each.text for each in (SAVE, LEASE, GIVE_UP, DUE, CLAIM, NOW, MARK, GRANT)
}
"""The text of each by its name."""
