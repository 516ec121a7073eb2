#!lua
-- reserve.lua, version 3: takes all holds of a reservation or none, for several reservations one after the other.
--
-- ARGV[4]  owner; '' = none: they are standing reservations. Then for each reservation:
--   tenant, id, version of the definitions that the caller knows, lifetime ms, call, amount, tokens, markup (basis points; '' = none), the number of holds
--   that it was made with, all holds' number, and for each hold:
--   shape, scope, unit, limit, amount, enforced ('1' or '0'), slot, next (when the slot is over; '' = never), ends (when it stops counting; '' = never), span
-- Answers  {'ok', now, version, answer, …}; an answer is
--   {'held', 'now|spent,held|…'}       all is held; what was there before, hold by hold. A repeat of the id hears the same.
--   {'refused', hold, spent, held, oldest}  the first enforced hold that does not fit
--   {'count', hold, …}                 these budgets are not counted yet
--   {'definitions', version, name, definition, …}  the caller does not know the newest definitions
--   {'window'}                         a slot is not that of now
--   {'busy'}                           the tenant is locked for a moment
--   {'gone'}                           the id was voided or settled before
-- Refused by a server that is out of memory: nothing is granted that can't be written.
local FIELDS, HEAD = 10, 10
local owner = ARGV[4]

local function reserve(at)
  local tenant, id, holds = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 9])
  local row = root .. 'r:' .. id
  local known = redis.call('HMGET', row, 's', 'o')
  if known[1] then
    return known[1] == 'o' and known[2] and {'held', known[2]} or {'gone'}
  end

  local fields = {'x', 'dv'}
  for i = 0, holds - 1 do fields[i + 3] = 'q:' .. ARGV[at + HEAD + i * FIELDS] end
  local of = redis.call('HMGET', root .. 't:' .. tenant, unpack(fields))
  if locked(of[1]) then return {'busy'} end
  if (of[2] or '0') ~= ARGV[at + 2] then
    return definitions(tenant)
  end
  local missing = {'count'}
  for i = 1, holds do
    if not of[i + 2] then missing[#missing + 1] = text(i - 1) end
  end
  if #missing > 1 then return missing end

  local answer = {text(now)}
  local begins = {}
  local keys = {}
  for i = 1, holds do
    local a = at + HEAD + (i - 1) * FIELDS
    local slot, next = ARGV[a + 6], ARGV[a + 7]
    if now < tonumber(slot) or (next ~= '' and now >= tonumber(next)) then return {'window'} end
    keys[i] = counter(tenant, ARGV[a], of[i + 2], ARGV[a + 1])
    local spent, held, oldest, present = balance(keys[i], slot, ARGV[a + 9])
    if ARGV[a + 5] == '1' and tonumber(ARGV[a + 4]) > tonumber(ARGV[a + 3]) - tonumber(spent) - tonumber(held) then
      return {'refused', text(i - 1), spent, held, oldest}
    end
    begins[i] = not present
    answer[i + 1] = spent .. ',' .. held
  end

  -- All is checked: from here on nothing can fail.
  local packed = {}
  for i = 1, holds do
    local a = at + HEAD + (i - 1) * FIELDS
    local shape, scope, slot, ends, amount = ARGV[a], ARGV[a + 1], ARGV[a + 6], ARGV[a + 8], ARGV[a + 4]
    if begins[i] then open_slot(keys[i], root .. 'i:' .. tenant .. ':' .. shape .. ':' .. of[i + 2], scope, slot, ends, ARGV[a + 9]) end
    redis.call('HINCRBY', keys[i], 'h' .. slot, amount)
    local p = (i - 1) * HOLD
    packed[p + 1], packed[p + 2], packed[p + 3], packed[p + 4] = shape, of[i + 2], scope, ARGV[a + 2]
    packed[p + 5], packed[p + 6], packed[p + 7] = slot, ends, amount
  end
  local outcome = table.concat(answer, '|')
  redis.call('HSET', row, 's', 'o', 't', tenant, 'p', owner, 'c', ARGV[at + 4], 'a', text(now), 'h', holds > 0 and cmsgpack.pack(packed) or '',
    'w', ARGV[at + 5], 'k', ARGV[at + 6], 'o', outcome)
  if ARGV[at + 7] ~= '' then redis.call('HSET', row, 'm', ARGV[at + 7]) end
  if owner == '' then redis.call('HSET', row, 'n', '0', 'l', ARGV[at + 8]) end
  redis.call('ZADD', root .. 'x', text(now + tonumber(ARGV[at + 3])), tenant .. '|' .. id .. '|' .. owner)
  version = version + 1
  return {'held', outcome}
end

local before = version
local answers = {'ok', text(now), ''}
local at = 5
while at <= #ARGV do
  answers[#answers + 1] = reserve(at)
  at = at + HEAD + tonumber(ARGV[at + 9]) * FIELDS
end
if version ~= before then
  -- Also an owner whose first heartbeat is still to come can fall silent.
  if owner ~= '' then redis.call('HSETNX', root .. 'p', owner, text(now)) end
  advance()
end
answers[3] = text(version)
return answers
