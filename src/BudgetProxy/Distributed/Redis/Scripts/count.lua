#!lua flags=allow-oom
-- count.lua, version 3: sets a budget's counters to what the ledger says and gives open reservations their holds; under the tenant's lock, which it ends.
-- Very many counters come in several calls: only the last has them counted.
--
-- ARGV[4] tenant [5] token of the lock [6] ms that it binds on, in a call that is not the last; '' in the last [7] shape [8] name
-- [9] '' = only count; else the definition in force from now on: all other shapes of the name go [10] span [11] the lock's version: the counters' instance
-- [12] the last reset of the budget, ms; 0 = none: the clock is taken on to it, so that every later call starts after it
-- [13] number of sums, each: scope, slot, ends, spent; then holds, each: id, scope, unit, slot, ends, amount. Of a standing reservation: what it holds as one
-- call, unit '' = nothing; it holds that only where it was not made with holds of this shape, which it then gets again.
-- Answers  {'ok', now, version, 'counted'}, or 'lost' in the fourth place where the lock is no longer the caller's.
local tenant, token, shape, name, instance = ARGV[4], ARGV[5], ARGV[7], ARGV[8], ARGV[11]
local of = root .. 't:' .. tenant
local lock = redis.call('HGET', of, 'x')
if not locked(lock) or string.sub(lock, 1, #token + 1) ~= token .. ':' then
  return {'ok', text(now), text(version), 'lost'}
end

local index = root .. 'i:' .. tenant .. ':' .. shape .. ':' .. instance
local function amount(scope, slot, ends, field, by)
  local key = counter(tenant, shape, instance, scope)
  if redis.call('HEXISTS', key, 'h' .. slot) == 0 then open_slot(key, index, scope, slot, ends, ARGV[10]) end
  redis.call('HINCRBY', key, field .. slot, by)
end

local at = 14
for _ = 1, tonumber(ARGV[13]) do
  local ends = ARGV[at + 2]
  if ends == '' or tonumber(ends) > now then amount(ARGV[at], ARGV[at + 1], ends, 's', ARGV[at + 3]) end
  at = at + 4
end
while at <= #ARGV do
  local row, scope, unit, slot, ends, by = root .. 'r:' .. ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  local held = redis.call('HMGET', row, 's', 'h', 'l')
  if held[1] == 'o' or held[1] == 'p' then
    local holds = held[2] ~= '' and cmsgpack.unpack(held[2]) or {}
    local new, own = {}, unit ~= ''
    for i = 1, tonumber(held[3] or 0) * HOLD, HOLD do
      if holds[i] == shape then
        new[#new + 1] = {holds[i + 2], holds[i + 3], holds[i + 4], holds[i + 5], holds[i + 6]}
        if holds[i + 2] == scope then own = false end
      end
    end
    if own then new[#new + 1] = {scope, unit, slot, ends, #new > 0 and '0' or by} end
    for _, hold in ipairs(new) do
      for _, value in ipairs({shape, instance, unpack(hold)}) do holds[#holds + 1] = value end
      if hold[4] == '' or tonumber(hold[4]) > now then amount(hold[1], hold[3], hold[4], 'h', held[1] == 'o' and hold[5] or '0') end
    end
    if #holds > 0 then redis.call('HSET', row, 'h', cmsgpack.pack(holds)) end
  end
  at = at + 6
end
if ARGV[6] ~= '' then
  redis.call('HSET', of, 'x', token .. ':' .. text(now + tonumber(ARGV[6])))
  return {'ok', text(now), text(version), 'counted'}
end

local function drop(other)
  local old = redis.call('HGET', of, 'q:' .. other)
  if not old then return end
  redis.call('SADD', root .. 'z', root .. 'i:' .. tenant .. ':' .. other .. ':' .. old)
  redis.call('HDEL', of, 'q:' .. other, 'n:' .. other)
end
drop(shape)
if ARGV[9] ~= '' then
  local all = redis.call('HGETALL', of)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'n:' and all[i + 1] == name then drop(string.sub(all[i], 3)) end
  end
  redis.call('HSET', of, 'd:' .. name, ARGV[9])
  redis.call('HINCRBY', of, 'dv', 1)
end
-- A reset is the millisecond after an instant that this clock gave, or that of the server before it, which may have been a little ahead.
local reset = tonumber(ARGV[12])
if reset > now and reset <= now + 1000 then now = reset end
redis.call('HSET', of, 'q:' .. shape, instance, 'n:' .. shape, name)
redis.call('HDEL', of, 'x')
version = version + 1
advance()
return {'ok', text(now), text(version), 'counted'}
