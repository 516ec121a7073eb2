#!lua flags=no-writes
-- read.lua, version 1: what counters say at one instant, and at which version. Changes nothing.
--
-- ARGV[4] tenant, then for each question: shape, scope, slot, span, '' for one counter; or the number of scopes to skip in the fifth place, to list scopes
-- Answers  {'ok', now, version, answer, …}; an answer is {'state', spent, held, oldest}, {'scopes', scope, …} (at most 500), or {'count'} where the budget is
-- not counted yet.
local tenant = ARGV[4]
local answers = {'ok', text(now), text(version)}
for at = 5, #ARGV, 5 do
  local shape, scope, list = ARGV[at], ARGV[at + 1], ARGV[at + 4]
  local instance = redis.call('HGET', root .. 't:' .. tenant, 'q:' .. shape)
  if not instance then
    answers[#answers + 1] = {'count'}
  elseif list ~= '' then
    local scopes = redis.call('ZRANGEBYSCORE', root .. 'i:' .. tenant .. ':' .. shape .. ':' .. instance, '(' .. text(now), '+inf', 'LIMIT', list, 500)
    table.insert(scopes, 1, 'scopes')
    answers[#answers + 1] = scopes
  else
    local spent, held, oldest = balance(counter(tenant, shape, instance, scope), ARGV[at + 2], ARGV[at + 3])
    answers[#answers + 1] = {'state', spent, held, oldest}
  end
end
return answers
