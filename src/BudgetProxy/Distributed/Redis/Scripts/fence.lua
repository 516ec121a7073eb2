#!lua flags=allow-oom
-- fence.lua, version 1: takes the stamp off a shard that was last written on another run of the server: its state may be an older one. Stands alone.
--
-- KEYS[1]  bp:{B}:stamp
-- Answers  {generation or '', run id or ''} as the stamp was, {'', ''} where it is off now. What the stamp said is kept in bp:{B}:was: reservations of that
-- generation whose owner is gone are still to be found.
local stamp = redis.call('HMGET', KEYS[1], 'g', 'r')
if stamp[1] and stamp[2] ~= string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') then
  redis.call('SET', string.sub(KEYS[1], 1, -6) .. 'was', stamp[1])
  redis.call('DEL', KEYS[1])
  return {'', ''}
end
return {stamp[1] or '', stamp[2] or ''}
