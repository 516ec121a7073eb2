#!lua flags=allow-oom
-- part.lua, version 2: ends lines of a standing reservation: appends and counts their entries, and shrinks it by what was reserved for them.
--
-- ARGV[4] tenant [5] id [6] number of the part [7] version of the definitions that the caller knows [8] money and [9] tokens that are released
-- [10] charge that is released of what was held, and [11] of what was presumed
-- [12] the call as the part leaves it, [13] its amount and [14] its tokens [15] id and [16] text of the entry that takes back what was presumed for the
-- lines, for a reservation that was charged as presumed; '' = there is nothing to take back
-- [17] number of entries, each: id, entry [18] number of spends, each: shape, scope, slot, ends, span, amount [19] number of shares, each: what leaves that
-- hold; all from [20] on
-- Answers  {'ok', now, version, 'booked' | 'adjusted', '1' where it took back, else ''}: the entries have the last places up to this version, in their order,
-- the one that takes back last.
-- Or in the fourth place: 'already', 'early' (a part before it is missing), 'ended', 'unknown', 'busy', or 'definitions' with version, name, definition, …
-- Never refused, also by a server that is out of memory: what was spent is booked. A part has 500 entries at most, so that it takes some milliseconds.
local tenant, id, part = ARGV[4], ARGV[5], tonumber(ARGV[6])
local row = root .. 'r:' .. id
local known = redis.call('HMGET', row, 's', 't', 'h', 'n', 'l')
local state = known[1]

local function answer(...)
  return {'ok', text(now), text(version), ...}
end

if not state or known[2] ~= tenant then return answer('unknown') end
if state == 's' or state == 'v' then return answer('ended') end
if not known[5] then return answer('unknown') end
if part < tonumber(known[4]) then return answer('already') end
if part > tonumber(known[4]) then return answer('early') end
if locked(redis.call('HGET', root .. 't:' .. tenant, 'x')) then return answer('busy') end
if (redis.call('HGET', root .. 't:' .. tenant, 'dv') or '0') ~= ARGV[7] then return answer(unpack(definitions(tenant))) end

-- All is checked: from here on nothing can fail.
version = version + 1
local at = 20
for _ = 1, tonumber(ARGV[17]) do
  publish('e', ARGV[at], '', '', ARGV[at + 1])
  at = at + 2
end
for _ = 1, tonumber(ARGV[18]) do
  local shape, scope, slot, ends = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local instance = redis.call('HGET', root .. 't:' .. tenant, 'q:' .. shape)
  if instance and (ends == '' or tonumber(ends) > now) then
    local key = counter(tenant, shape, instance, scope)
    if redis.call('HEXISTS', key, 'h' .. slot) == 0 and redis.call('HEXISTS', key, 's' .. slot) == 0 then
      open_slot(key, root .. 'i:' .. tenant .. ':' .. shape .. ':' .. instance, scope, slot, ends, ARGV[at + 4])
    end
    redis.call('HINCRBY', key, 's' .. slot, ARGV[at + 5])
  end
  at = at + 6
end

-- What leaves a hold: where the reservation was made with holds of that shape its share, also in holds that were made from them since; as of one call
-- elsewhere, which it stays to its end.
local holds = known[3] ~= '' and cmsgpack.unpack(known[3]) or {}
local shapes, shares = {}, {}
for i = 1, tonumber(ARGV[19]) do
  local p = (i - 1) * HOLD
  shapes[holds[p + 1]] = true
  shares[holds[p + 1] .. ':' .. holds[p + 3]] = tonumber(ARGV[at])
  at = at + 1
end
local whole = {u = tonumber(ARGV[8]), c = tonumber(ARGV[10]), t = tonumber(ARGV[9])}
local instances = {}
for i = 1, #holds, HOLD do
  local shape, scope, ends = holds[i], holds[i + 2], holds[i + 5]
  local by = shares[shape .. ':' .. scope] or (not shapes[shape] and whole[holds[i + 3]]) or 0
  if by > tonumber(holds[i + 6]) then by = tonumber(holds[i + 6]) end
  if by > 0 then
    holds[i + 6] = text(tonumber(holds[i + 6]) - by)
    if instances[shape] == nil then instances[shape] = redis.call('HGET', root .. 't:' .. tenant, 'q:' .. shape) end
    if state == 'o' and instances[shape] == holds[i + 1] and (ends == '' or tonumber(ends) > now) then
      redis.call('HINCRBY', counter(tenant, shape, holds[i + 1], scope), 'h' .. holds[i + 4], '-' .. text(by))
    end
  end
end
local packed = #holds > 0 and cmsgpack.pack(holds) or ''
local function minus(amount) return amount == '0' and '0' or '-' .. amount end
local took = state == 'p' and ARGV[15] ~= ''
if took then
  release(tenant, packed, false, {u = minus(ARGV[8]), c = minus(ARGV[11]), t = minus(ARGV[9])})
  publish('e', ARGV[15], '', '', ARGV[16])
end
redis.call('HSET', row, 'h', packed, 'c', ARGV[12], 'w', ARGV[13], 'k', ARGV[14], 'n', text(part + 1))
advance()
return answer(state == 'p' and 'adjusted' or 'booked', took and '1' or '')
