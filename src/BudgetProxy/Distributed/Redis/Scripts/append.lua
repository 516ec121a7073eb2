#!lua flags=allow-oom
-- append.lua, version 2: books an entry that no reservation stands behind, also in the counters that count it.
--
-- ARGV[4] tenant [5] id of the entry [6] the entry [7] cost [8] tokens [9] calls ('1', or '0' for an entry that corrects another)
-- [10] version of the definitions that the caller knows [11] charge; then for each budget that it counts in: shape, scope, unit, slot, ends, span
-- Answers  {'ok', now, version, 'booked', place, stream id}, or in the fourth place 'already', 'busy', 'open' (a reservation
-- of this id is there: settle it), or 'definitions' with version, name, definition, … where the caller does not know the newest.
-- Allowed when memory is full. Every counter that is spent in is one that a step of its own would count.
local STAYS = 3600000
local tenant, id = ARGV[4], ARGV[5]
local row = root .. 'r:' .. id
local state = redis.call('HGET', row, 's')
if state == 's' or state == 'v' then return {'ok', text(now), text(version), 'already'} end
if state then return {'ok', text(now), text(version), 'open'} end
if locked(redis.call('HGET', root .. 't:' .. tenant, 'x')) then return {'ok', text(now), text(version), 'busy'} end

if (redis.call('HGET', root .. 't:' .. tenant, 'dv') or '0') ~= ARGV[10] then
  local answer = {'ok', text(now), text(version)}
  for _, value in ipairs(definitions(tenant)) do answer[#answer + 1] = value end
  return answer
end

local spends = {u = ARGV[7], c = ARGV[11], t = ARGV[8], r = ARGV[9]}
for at = 12, #ARGV, 6 do
  local shape, scope, slot, ends = ARGV[at], ARGV[at + 1], ARGV[at + 3], ARGV[at + 4]
  local instance = redis.call('HGET', root .. 't:' .. tenant, 'q:' .. shape)
  if instance and (ends == '' or tonumber(ends) > now) then
    local key = counter(tenant, shape, instance, scope)
    if redis.call('HEXISTS', key, 'h' .. slot) == 0 and redis.call('HEXISTS', key, 's' .. slot) == 0 then
      open_slot(key, root .. 'i:' .. tenant .. ':' .. shape .. ':' .. instance, scope, slot, ends, ARGV[at + 5])
    end
    redis.call('HINCRBY', key, 's' .. slot, spends[ARGV[at + 2]])
  end
end
local entry = publish('e', id, '', '', ARGV[6])
-- Kept for an hour whatever becomes of the entry, so that a repeat finds it.
redis.call('HSET', row, 's', 's', 't', tenant)
redis.call('PEXPIRE', row, text(STAYS))
advance()
return {'ok', text(now), text(version), 'booked', text(version), entry}
