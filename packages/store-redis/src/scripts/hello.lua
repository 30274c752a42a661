#!lua flags=allow-oom
--[[
  hello: learn which life of the store this is; begin a new history when it is not the one that was written down.

  KEYS[1]  history    hash     id, run_id, replid
  KEYS[2]  revision   string   integer
  KEYS[3]  feed       stream   one entry per commit
  KEYS[4]  objects    hash     one key per kind, any number of them
  ARGV[1]  fresh_id   used when a history begins
  ARGV[2]  meta       JSON, goes into the feed when a history begins
  ARGV[3]  jump       distance between the revisions of two histories

  Returns  {'same', id, revision, empty, info}    empty: 1 when no kind has an object; info: INFO server and replication
           {'begun', id, revision, empty, info}

  Atomic because another client could otherwise commit between the look at run_id and the jump, and its revision would be given twice.
  The ids are read here and not by the client: after a failover the client's knowledge is that of another process.
  replid also changes when the first replica joins: a history too many, which costs a reread, never one too few.
  allow-oom: a full store must still tell its history, or nobody could delete anything.
]]
local info = redis.call('INFO', 'server', 'replication')
local run_id = string.match(info, 'run_id:(%w+)')
local replid = string.match(info, 'master_replid:(%w+)')
local known = redis.call('HMGET', KEYS[1], 'id', 'run_id', 'replid')
local revision = redis.call('GET', KEYS[2]) or '0'

local empty = 1
for i = 4, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then empty = 0 end
end
if known[1] and known[2] == run_id and known[3] == replid then
  return { 'same', known[1], revision, empty, info }
end

if known[1] then
  revision = string.format('%.0f', redis.call('INCRBY', KEYS[2], ARGV[3]))
  redis.call('XADD', KEYS[3], revision .. '-0', 'm', ARGV[2])
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'run_id', run_id, 'replid', replid)
return { 'begun', ARGV[1], revision, empty, info }
