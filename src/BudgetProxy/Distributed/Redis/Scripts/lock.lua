#!lua flags=allow-oom
-- lock.lua, version 2: locks a tenant for the moment in which a budget's counters are made: no reserve, settle, void or expiry of it goes through.
--
-- To lock:   ARGV[4] tenant [5] token [6] ms that it binds at the most [7] shape that is to be counted [8] '1' = also where it is counted already
-- To let go: ARGV[4] tenant [5] '' [6] token
-- Answers  {'ok', now, version, 'locked', id, state, call, started, '1' of a standing one or '', …} with the tenant's open and presumed reservations, at a version that no other step
-- has; or 'busy', 'counted', 'free' in the fourth place.
local tenant = ARGV[4]
local of = root .. 't:' .. tenant
local lock = redis.call('HGET', of, 'x')
if ARGV[5] == '' then
  if lock and string.sub(lock, 1, #ARGV[6] + 1) == ARGV[6] .. ':' then redis.call('HDEL', of, 'x') end
  return {'ok', text(now), text(version), 'free'}
end
if locked(lock) then return {'ok', text(now), text(version), 'busy'} end
if ARGV[8] ~= '1' and redis.call('HEXISTS', of, 'q:' .. ARGV[7]) == 1 then return {'ok', text(now), text(version), 'counted'} end

redis.call('HSET', of, 'x', ARGV[5] .. ':' .. text(now + tonumber(ARGV[6])))
version = version + 1
advance()
local answers = {'ok', text(now), text(version), 'locked'}
for _, set in ipairs({'x', 'y:' .. tenant}) do
  local members = redis.call('ZRANGE', root .. set, 0, -1)
  for i = 1, #members do
    local whose, id = string.match(members[i], '^([^|]*)|([^|]*)|')
    if whose == tenant then
      local held = redis.call('HMGET', root .. 'r:' .. id, 's', 'c', 'a', 'l')
      if held[1] == 'o' or held[1] == 'p' then
        answers[#answers + 1] = id
        answers[#answers + 1] = held[1]
        answers[#answers + 1] = held[2]
        answers[#answers + 1] = held[3]
        answers[#answers + 1] = held[4] and '1' or ''
      end
    end
  end
end
return answers
