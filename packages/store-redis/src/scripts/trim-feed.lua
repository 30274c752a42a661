#!lua flags=allow-oom
--[[
  trim-feed: remove entries that a snapshot covers.

  KEYS[1]  feed        stream   id <revision>-0
  KEYS[2]  feed floor  string   highest revision that was trimmed; never goes down
  KEYS[3]  snapshots   hash     revision -> text
  ARGV[1]  through     revision

  Returns  {'trimmed', count}

  Atomic because a snapshot that is dropped between the look and the trim would leave a past that nothing can rebuild.
  allow-oom: it frees memory.
]]
local covered = 0
for _, revision in ipairs(redis.call('HKEYS', KEYS[3])) do
  covered = math.max(covered, tonumber(revision))
end
local floor = math.min(tonumber(ARGV[1]), covered)
if floor <= tonumber(redis.call('GET', KEYS[2]) or '0') then return { 'trimmed', 0 } end

-- The floor first: a feed that says too early what it has lost is harmless, one that loses without saying is not.
redis.call('SET', KEYS[2], string.format('%.0f', floor))
return { 'trimmed', redis.call('XTRIM', KEYS[1], 'MINID', '=', string.format('%.0f', floor + 1)) }
