#!lua flags=allow-oom
-- forget.lua, version 1: counts a deleted budget no longer, or none of a deleted tenant's.
--
-- ARGV[4] tenant [5] name; '' = all
-- Answers  {'ok', now, version}
local of = root .. 't:' .. ARGV[4]
local all = redis.call('HGETALL', of)
for i = 1, #all, 2 do
  local name = all[i + 1]
  if string.sub(all[i], 1, 2) == 'n:' and (ARGV[5] == '' or name == ARGV[5]) then
    local shape = string.sub(all[i], 3)
    redis.call('SADD', root .. 'z', root .. 'i:' .. ARGV[4] .. ':' .. shape .. ':' .. redis.call('HGET', of, 'q:' .. shape))
    redis.call('HDEL', of, 'q:' .. shape, all[i])
    redis.call('HSET', of, 'd:' .. name, '')
  end
end
redis.call('HINCRBY', of, 'dv', 1)
version = version + 1
advance()
return {'ok', text(now), text(version)}
