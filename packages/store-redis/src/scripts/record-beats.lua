#!lua flags=allow-oom
--[[
  record-beats: note by Redis's clock that nodes were heard.

  KEYS[1]  beats    zset   node id -> time of its last beat, milliseconds
  ARGV[1]  kept_ms  older beats are removed
  ARGV[2]  node_id  and any number more

  Returns  {'recorded', count}

  Atomic because all nodes of a batch get the one time that Redis read.
  allow-oom: beats are small and replace each other, and a full store must not make nodes look dead.
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local score = string.format('%.0f', now)
-- One command for many nodes costs little more than for one; Lua's stack bounds how many.
for first = 2, #ARGV, 1000 do
  local scored = {}
  for i = first, math.min(first + 999, #ARGV) do
    scored[#scored + 1] = score
    scored[#scored + 1] = ARGV[i]
  end
  redis.call('ZADD', KEYS[1], unpack(scored))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - ARGV[1]))
return { 'recorded', #ARGV - 1 }
