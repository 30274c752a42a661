#!lua flags=no-writes
--[[
  read-feed: entries after a revision, with what is needed to know that none is missing.

  KEYS[1]  history    hash     field id
  KEYS[2]  feed floor string   highest revision that was trimmed
  KEYS[3]  feed       stream   id <revision>-0
  ARGV[1]  after      revision
  ARGV[2]  limit      entries at most

  Returns  {'entries', history_id, entries}
           {'trimmed', history_id, floor}

  Atomic because a stream silently skips what was trimmed: floor and entries must be of the same moment.
]]
local history = redis.call('HGET', KEYS[1], 'id') or ''
local floor = redis.call('GET', KEYS[2]) or '0'
if tonumber(ARGV[1]) < tonumber(floor) then return { 'trimmed', history, floor } end
return { 'entries', history, redis.call('XRANGE', KEYS[3], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2]) }
