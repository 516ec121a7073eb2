-- common.lua, version 2: what every script of the counters begins with. Its text stands before theirs.
--
-- KEYS[1]  bp:{B}:stamp, the shard's stamp: a hash of g (generation), v (version: grows with every change), t (newest instant given, ms), r (run id of the
--          server that it was written on). Every other key is made from this one and so lies in the same slot:
--            bp:{B}:out                    stream: entries on their way to the ledger
--            bp:{B}:G:t:TENANT             hash: x lock, dv version of the definitions, d:NAME definition, q:SHAPE instance that is counted, n:SHAPE name
--            bp:{B}:G:c:TENANT:SHAPE:I:SCOPE  hash, one counter: s<slot> spent, h<slot> held
--            bp:{B}:G:i:TENANT:SHAPE:I     sorted set: scopes of the counters, by the end of their newest slot
--            bp:{B}:G:r:ID                 hash, one reservation: s state (o open, p presumed, s settled, v voided), t tenant, p owner, c call, a started,
--                                          h holds, w amount, k tokens, m markup in basis points where it has one, o first answer
--                                          of a standing one, which has no owner, besides: n its next part, l how many holds it was made with, the first of h
--            bp:{B}:G:x                    sorted set of TENANT|ID|OWNER: open reservations by deadline
--            bp:{B}:G:y:TENANT             sorted set of the same: presumed ones by the end of their late settlement
--            bp:{B}:G:p                    hash: owner -> last heartbeat, ms
--            bp:{B}:G:z                    set: indexes of counters that are no longer counted, to be swept
-- ARGV[1]  the generation that the caller believes in
-- ARGV[2]  the newest version of it that the caller has seen
-- ARGV[3]  '' = the server's own clock decides; a test's instant in ms otherwise
-- Answers  {'generation'} where the stamp is missing, another, of another run of the server, or older than the caller has seen: nothing was done.
--
-- Amounts are strings: a Lua number is exact only to 2^53. They change by HINCRBY alone, and are compared as numbers, which limits up to 2^52 allow.
-- The run id is asked of the server itself, in the same step: whoever looked before may have looked at a process that has ended since.
local stamp = redis.call('HMGET', KEYS[1], 'g', 'v', 't', 'r')
if stamp[1] ~= ARGV[1] or tonumber(stamp[2]) < tonumber(ARGV[2]) or stamp[4] ~= string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') then
  return {'generation'}
end

local shard = string.sub(KEYS[1], 1, -6)
local root = shard .. ARGV[1] .. ':'
local version = tonumber(stamp[2])
local now
if ARGV[3] == '' then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
else
  now = tonumber(ARGV[3])
end
-- A clock that was set back opens no window again.
if now < tonumber(stamp[3]) then
  now = tonumber(stamp[3])
end

local function text(number)
  return string.format('%.0f', number)
end

-- An amount with a markup on it: rounded half-even, as NanoUsd.WithMarkup is. markup: basis points; false or '' = none.
local function charged(amount, markup)
  if not markup or markup == '' then return amount end
  local value, by = tonumber(amount), 10000 + tonumber(markup)
  local rest = math.fmod(value, 10000)
  local cut = math.fmod(rest * by, 10000)
  local sum = (value - rest) / 10000 * by + (rest * by - cut) / 10000
  if cut > 5000 or (cut == 5000 and math.fmod(sum, 2) == 1) then sum = sum + 1 end
  return text(sum)
end

local function advance()
  redis.call('HSET', KEYS[1], 'v', text(version), 't', text(now))
end

-- A lock is 'TOKEN:UNTIL'; one whose time is over binds nobody.
local function locked(lock)
  return lock and tonumber(string.match(lock, ':(%d+)$')) > now
end

local function counter(tenant, shape, instance, scope)
  return root .. 'c:' .. tenant .. ':' .. shape .. ':' .. instance .. ':' .. scope
end

-- {'definitions', version, name, definition, …}
local function definitions(tenant)
  local answer = {'definitions', redis.call('HGET', root .. 't:' .. tenant, 'dv') or '0'}
  local all = redis.call('HGETALL', root .. 't:' .. tenant)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'd:' then
      answer[#answer + 1] = string.sub(all[i], 3)
      answer[#answer + 1] = all[i + 1]
    end
  end
  return answer
end

-- Spent and held in the slots that count now, when the oldest amount was booked, and whether the present slot is there.
-- span: how long a slot of a rolling window counts, ms; '' = a calendar window, where only the present slot does.
local function balance(key, slot, span)
  if span == '' then
    local amounts = redis.call('HMGET', key, 's' .. slot, 'h' .. slot)
    return amounts[1] or '0', amounts[2] or '0', '', amounts[1] or amounts[2]
  end
  local spent, held, oldest, present = 0, 0, nil, false
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local at = string.sub(all[i], 2)
    local amount = tonumber(all[i + 1])
    if tonumber(at) + span > now then
      if string.sub(all[i], 1, 1) == 's' then spent = spent + amount else held = held + amount end
      if amount ~= 0 and (not oldest or tonumber(at) < oldest) then oldest = tonumber(at) end
    end
    if at == slot then present = true end
  end
  return text(spent), text(held), oldest and text(oldest) or '', present
end

-- A slot begins: what has ended goes, and the counter goes by itself a day after its own end.
local function open_slot(key, index, scope, slot, ends, span)
  -- A slot that is still to come, of a clock that was ahead, ends nothing.
  local fields = redis.call('HKEYS', key)
  for i = 1, #fields do
    local at = tonumber(string.sub(fields[i], 2))
    local over
    if span == '' then over = at < tonumber(slot) and tonumber(slot) <= now else over = at + span <= now end
    if over then redis.call('HDEL', key, fields[i]) end
  end
  redis.call('HSET', key, 'h' .. slot, '0')
  if ends == '' then
    redis.call('ZADD', index, '+inf', scope)
  else
    -- An older slot of a rolling window must not shorten what a newer one needs.
    local stay = tonumber(ends) - now + 86400000
    redis.call('ZADD', index, 'GT', ends, scope)
    if redis.call('PTTL', key) < stay then redis.call('PEXPIRE', key, text(stay)) end
    if redis.call('PTTL', index) < stay then redis.call('PEXPIRE', index, text(stay)) end
  end
end

-- Holds of a reservation are a flat list of seven: shape, instance, scope, unit (u cost, c charge, t tokens, r calls), slot, ends, amount. A unit in capitals holds
-- what lines of a standing reservation may cost, at another caller or model than its own: what is presumed of the whole is not spent there.
local HOLD = 7

-- Takes a reservation's holds back and spends what replaces them, in the slots that still count and the shapes that are still counted.
-- held: false where its holds were taken back before. spends: unit -> amount; a unit that is missing is not spent.
local function release(tenant, packed, held, spends)
  if packed == '' then return end
  local holds = cmsgpack.unpack(packed)
  local fields = {}
  for i = 1, #holds, HOLD do fields[#fields + 1] = 'q:' .. holds[i] end
  if #fields == 0 then return end
  local counted = redis.call('HMGET', root .. 't:' .. tenant, unpack(fields))
  for i = 1, #holds, HOLD do
    local ends = holds[i + 5]
    if counted[(i - 1) / HOLD + 1] == holds[i + 1] and (ends == '' or tonumber(ends) > now) then
      local key = counter(tenant, holds[i], holds[i + 1], holds[i + 2])
      local spend = spends[holds[i + 3]]
      if held and holds[i + 6] ~= '0' then redis.call('HINCRBY', key, 'h' .. holds[i + 4], '-' .. holds[i + 6]) end
      if spend and spend ~= '0' then redis.call('HINCRBY', key, 's' .. holds[i + 4], spend) end
    end
  end
end

-- Appends to the outbox. kind: s settled, p presumed, a adjusting, e a whole entry in blob.
local function publish(kind, id, call, started, blob)
  version = version + 1
  return redis.call('XADD', shard .. 'out', '*', 'k', kind, 'i', id, 'c', call, 'a', started, 'b', blob, 'z', text(now), 'g', ARGV[1], 'n', text(version))
end

-- Charges an open reservation its worst case. The row stays for a while, so that a late settlement books the difference.
local LATE = 604800000
local function presume(member, id, tenant)
  local row = root .. 'r:' .. id
  local held = redis.call('HMGET', row, 's', 'c', 'a', 'h', 'w', 'k', 'm')
  redis.call('ZREM', root .. 'x', member)
  if held[1] ~= 'o' then return false end
  release(tenant, held[4], true, {u = held[5], c = charged(held[5], held[7]), t = held[6], r = '1'})
  publish('p', id, held[2], held[3], '')
  redis.call('HSET', row, 's', 'p')
  redis.call('PEXPIRE', row, text(LATE))
  local late = root .. 'y:' .. tenant
  redis.call('ZREMRANGEBYSCORE', late, '-inf', text(now))
  redis.call('ZADD', late, text(now + LATE), member)
  redis.call('PEXPIRE', late, text(LATE))
  return true
end

