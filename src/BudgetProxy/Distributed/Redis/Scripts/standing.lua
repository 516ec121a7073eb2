#!lua flags=allow-oom
-- standing.lua, version 2: lays out a standing reservation under a new generation of a shard whose stamp was lost. Stands alone, as recover.lua does, and
-- before the call of that one that stamps.
--
-- KEYS[1]  bp:{B}:stamp, which must not be there
-- ARGV[1]  the new generation [2] tenant [3] id [4] 'o' open, 'p' charged as presumed [5] started ms [6] deadline ms; of a presumed one the end of its late
-- settlement [7] ms until then [8] call [9] amount [10] tokens [11] markup; '' = none [12] next part, then for each hold: shape, scope, unit, slot, ends, amount
-- Answers  {'ok'}, or {'stamped'} where a stamp is there: nothing was done.
-- No budget is counted yet, so no hold has an instance; count.lua makes them anew from these.
if redis.call('EXISTS', KEYS[1]) == 1 then return {'stamped'} end
local root = string.sub(KEYS[1], 1, -6) .. ARGV[1] .. ':'
local row, member = root .. 'r:' .. ARGV[3], ARGV[2] .. '|' .. ARGV[3] .. '|'
local holds = {}
for at = 13, #ARGV, 6 do
  for _, value in ipairs({ARGV[at], '', ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]}) do holds[#holds + 1] = value end
end
redis.call('HSET', row, 's', ARGV[4], 't', ARGV[2], 'p', '', 'a', ARGV[5], 'c', ARGV[8], 'h', #holds > 0 and cmsgpack.pack(holds) or '', 'w', ARGV[9],
  'k', ARGV[10], 'n', ARGV[12], 'l', string.format('%.0f', #holds / 7), 'o', ARGV[5])
if ARGV[11] ~= '' then redis.call('HSET', row, 'm', ARGV[11]) end
if ARGV[4] == 'o' then
  redis.call('ZADD', root .. 'x', ARGV[6], member)
else
  redis.call('ZADD', root .. 'y:' .. ARGV[2], ARGV[6], member)
  redis.call('PEXPIRE', root .. 'y:' .. ARGV[2], ARGV[7])
  redis.call('PEXPIRE', row, ARGV[7])
end
return {'ok'}
