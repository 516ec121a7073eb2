#!lua flags=allow-oom
-- drained.lua, version 1: lets go of entries that are committed in the ledger. Stands alone.
--
-- KEYS[1]  bp:{B}:out
-- ARGV[1]  number of entries; their stream ids; then the keys of reservations' rows that can go
-- Answers  the number of entries that went.
-- In a few commands for all: each is written to the append-only file by itself. unpack takes some thousands.
local count = tonumber(ARGV[1])
redis.call('XACK', KEYS[1], 'ledger', unpack(ARGV, 2, count + 1))
if #ARGV > count + 1 then redis.call('DEL', unpack(ARGV, count + 2)) end
return redis.call('XDEL', KEYS[1], unpack(ARGV, 2, count + 1))
