#!lua flags=allow-oom
-- settle.lua, version 2: replaces reservations by what was used, and appends their entries to the outbox in the same step; or voids them.
--
-- For each reservation from ARGV[4]: kind (s settle, v void), tenant, id, cost, tokens, settlement. A void carries the settlement of zero, for a
-- reservation that was charged as presumed.
-- Answers  {'ok', now, version, answer, …}; an answer is {'resolved' | 'adjusted', started, place, stream id, now}, {'voided'}, {'already'}, {'unknown'}, {'busy'}.
-- Never refused, also by a server that is out of memory (allow-oom): what was spent is booked.
local VOIDED = 3600000

local function settle(at)
  local kind, tenant, id, cost, tokens, blob = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  local row = root .. 'r:' .. id
  local held = redis.call('HMGET', row, 's', 't', 'p', 'c', 'a', 'h', 'w', 'k', 'm')
  local state = held[1]
  if not state then
    if kind == 'v' then
      -- A reserve of this id that is still on its way must find it voided.
      redis.call('HSET', row, 's', 'v', 't', tenant)
      redis.call('PEXPIRE', row, text(VOIDED))
    end
    return {'unknown'}
  end
  if held[2] ~= tenant then return {'unknown'} end
  if state == 's' or state == 'v' then return {'already'} end
  if locked(redis.call('HGET', root .. 't:' .. tenant, 'x')) then return {'busy'} end

  local member = tenant .. '|' .. id .. '|' .. held[3]
  if state == 'p' then
    release(tenant, held[6], false, {u = text(tonumber(cost) - tonumber(held[7])),
      c = text(tonumber(charged(cost, held[9])) - tonumber(charged(held[7], held[9]))), t = text(tonumber(tokens) - tonumber(held[8]))})
    local entry = publish('a', id, held[4], held[5], blob)
    redis.call('HSET', row, 's', 's')
    redis.call('ZREM', root .. 'y:' .. tenant, member)
    return {'adjusted', held[5], text(version), entry, text(now)}
  end
  redis.call('ZREM', root .. 'x', member)
  if kind == 'v' then
    release(tenant, held[6], true, {})
    redis.call('DEL', row)
    redis.call('HSET', row, 's', 'v', 't', tenant)
    redis.call('PEXPIRE', row, text(VOIDED))
    version = version + 1
    return {'voided'}
  end
  release(tenant, held[6], true, {u = cost, c = charged(cost, held[9]), t = tokens, r = '1'})
  local entry = publish('s', id, held[4], held[5], blob)
  -- The row goes as a whole once the entry is in the ledger.
  redis.call('HSET', row, 's', 's')
  return {'resolved', held[5], text(version), entry, text(now)}
end

local before = version
local answers = {'ok', text(now), ''}
for at = 4, #ARGV, 6 do
  answers[#answers + 1] = settle(at)
end
if version ~= before then advance() end
answers[3] = text(version)
return answers
