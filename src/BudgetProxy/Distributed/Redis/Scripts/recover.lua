#!lua flags=allow-oom
-- recover.lua, version 2: lays out a new generation of a shard whose stamp was lost, and in the end stamps it. Stands alone, without common.lua.
--
-- KEYS[1]  bp:{B}:stamp, which must not be there
-- ARGV[1]  the new generation [2] '' = not yet the end, '1' = the end [3] '' = the server's own clock; a test's instant in ms otherwise
-- then for each reservation that is still open: tenant, id, owner, started ms, deadline ms, call, amount, tokens, markup ('' = none)
-- Answers  {'ok'}, or {'stamped'} where a stamp is there: nothing was done.
-- Nothing of the new generation is used before the stamp, so that a broken attempt leaves only waste. Budgets are counted when a call first meets them.
if redis.call('EXISTS', KEYS[1]) == 1 then return {'stamped'} end
local root = string.sub(KEYS[1], 1, -6) .. ARGV[1] .. ':'
for at = 4, #ARGV, 9 do
  local tenant, id, owner = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  redis.call('HSET', root .. 'r:' .. id, 's', 'o', 't', tenant, 'p', owner, 'a', ARGV[at + 3], 'c', ARGV[at + 5], 'h', '', 'w', ARGV[at + 6], 'k', ARGV[at + 7])
  if ARGV[at + 8] ~= '' then redis.call('HSET', root .. 'r:' .. id, 'm', ARGV[at + 8]) end
  redis.call('ZADD', root .. 'x', ARGV[at + 4], tenant .. '|' .. id .. '|' .. owner)
  if redis.call('HEXISTS', root .. 'p', owner) == 0 then redis.call('HSET', root .. 'p', owner, '0') end
end
if ARGV[2] ~= '' then
  local now = ARGV[3]
  if now == '' then
    local time = redis.call('TIME')
    now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  end
  -- A live owner's next heartbeat is a second away: until then it is as fresh as the stamp.
  local owners = redis.call('HKEYS', root .. 'p')
  for i = 1, #owners do redis.call('HSET', root .. 'p', owners[i], now) end
  redis.call('HSET', KEYS[1], 'g', ARGV[1], 'v', '0', 't', now, 'r', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'))
end
return {'ok'}
