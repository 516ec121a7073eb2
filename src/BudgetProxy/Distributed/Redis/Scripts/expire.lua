#!lua flags=allow-oom
-- expire.lua, version 1: the owner's heartbeat, and the charge of reservations whose time is over or whose owner's heart has stopped.
--
-- ARGV[4]  owner; '' = none   [5] ms after which a silent owner counts as dead   [6] reservations to charge at the most
-- ARGV[7]  an owner to declare dead at once; '' = none
-- Answers  {'ok', now, version, number charged, first id in the outbox or '', entries in the outbox}
-- Allowed when memory is full: what was spent is booked.
local most = tonumber(ARGV[6])
if ARGV[4] ~= '' then redis.call('HSET', root .. 'p', ARGV[4], text(now)) end
if ARGV[7] ~= '' then redis.call('HSET', root .. 'p', ARGV[7], '0') end

local charged = 0
local function charge(member)
  local tenant, id = string.match(member, '^([^|]*)|([^|]*)|')
  if not locked(redis.call('HGET', root .. 't:' .. tenant, 'x')) and presume(member, id, tenant) then charged = charged + 1 end
end

local due = redis.call('ZRANGEBYSCORE', root .. 'x', '-inf', text(now), 'LIMIT', 0, most)
for i = 1, #due do charge(due[i]) end

local beats = redis.call('HGETALL', root .. 'p')
for i = 1, #beats, 2 do
  if tonumber(beats[i + 1]) + tonumber(ARGV[5]) <= now then
    local dead = '|' .. beats[i]
    local left = 0
    local open = redis.call('ZRANGE', root .. 'x', 0, -1)
    for j = 1, #open do
      if string.sub(open[j], -#dead) == dead then
        if charged < most then charge(open[j]) end
        if redis.call('ZSCORE', root .. 'x', open[j]) then left = left + 1 end
      end
    end
    if left == 0 then redis.call('HDEL', root .. 'p', beats[i]) end
  end
end

-- Counters that nobody counts any more go a few hundred at a time.
local stale = redis.call('SRANDMEMBER', root .. 'z')
if stale then
  local prefix = root .. 'c:' .. string.sub(stale, #root + 3) .. ':'
  local scopes = redis.call('ZRANGE', stale, 0, 499)
  for i = 1, #scopes do redis.call('UNLINK', prefix .. scopes[i]) end
  redis.call('ZREMRANGEBYRANK', stale, 0, 499)
  if #scopes < 500 then redis.call('SREM', root .. 'z', stale) end
end

if charged > 0 then advance() end
local first = redis.call('XRANGE', shard .. 'out', '-', '+', 'COUNT', 1)
return {'ok', text(now), text(version), charged, first[1] and first[1][1] or '', redis.call('XLEN', shard .. 'out')}
