#!lua flags=allow-oom
-- drain.lua, version 1: hands entries of the outbox to a drainer: first what a dead one left behind, then new ones. Stands alone.
--
-- KEYS[1]  bp:{B}:out
-- ARGV[1]  the drainer's name [2] entries at the most [3] ms without acknowledgement after which another's entries are taken over
-- Answers  the entries as XREADGROUP does: {{id, {field, value, …}}, …}
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], 'ledger', '0')
if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
local claimed = redis.call('XAUTOCLAIM', KEYS[1], 'ledger', ARGV[1], ARGV[3], '0-0', 'COUNT', ARGV[2])[2]
if #claimed > 0 then return claimed end
local read = redis.call('XREADGROUP', 'GROUP', 'ledger', ARGV[1], 'COUNT', ARGV[2], 'STREAMS', KEYS[1], '>')
return read and read[1][2] or {}
