#!lua flags=allow-oom
--[[
  acquire-lease: take the lease when it is free, lapsed, or its holder is gone; else say who holds it.

  KEYS[1]  lease        hash   holder, incarnation, epoch, nonce, seq, until, since, renewed. The epoch outlives a release
  ARGV[1]  holder       controller id of the candidate
  ARGV[2]  incarnation  its process
  ARGV[3]  nonce        of this try; the same for a retry of it
  ARGV[4]  ttl_ms
  ARGV[5]  epoch_floor  highest epoch that the candidate or its agents know
  ARGV[6]  over_nonce   record that may be taken before it lapses, or ''
  ARGV[7]  over_seq
  ARGV[8]  over_reason  'presence-gone' or 'unchanged'
  ARGV[9]  alive        prefix of the presence channels

  Returns  {'acquired', how, record, previous}  how: free, lapsed, presence-gone, unchanged, again; previous: record or {}
           {'held', record}
           record: {holder, incarnation, epoch, nonce, seq, ms_left, since, renewed}

  Atomic because "nobody holds it" and "it is mine" must be one fact, and so must "its holder has no subscription" and the taking.
  A retry after a lost reply finds its own nonce and gets the same epoch. Only Redis's clock is used. The epoch is at least the time,
  so that it grows even when a failover forgot the last one.
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease =
  redis.call('HMGET', KEYS[1], 'holder', 'incarnation', 'epoch', 'nonce', 'seq', 'until', 'since', 'renewed')
local until_ms = string.format('%.0f', now + ARGV[4])
local now_text = string.format('%.0f', now)

local function as_record(fields)
  fields[6] = string.format('%.0f', fields[6] - now)
  return fields
end

local function how_to_take()
  if not lease[1] then return 'free' end
  if lease[4] == ARGV[3] and lease[1] == ARGV[1] then return 'again' end
  if tonumber(lease[6]) <= now then return 'lapsed' end
  if lease[4] ~= ARGV[6] or lease[5] ~= ARGV[7] then return nil end
  if ARGV[8] == 'presence-gone' and redis.call('PUBSUB', 'NUMSUB', ARGV[9] .. lease[2])[2] > 0 then return nil end
  return ARGV[8]
end

local how = how_to_take()
if not how then return { 'held', as_record(lease) } end
if how == 'again' then
  lease[5] = string.format('%.0f', lease[5] + 1)
  lease[6], lease[8] = until_ms, now_text
  redis.call('HSET', KEYS[1], 'seq', lease[5], 'until', until_ms, 'renewed', now_text)
  return { 'acquired', how, as_record(lease), {} }
end

local epoch = string.format('%.0f', math.max(tonumber(lease[3] or '0') + 1, ARGV[5] + 1, now))
local taken = { ARGV[1], ARGV[2], epoch, ARGV[3], '0', until_ms, now_text, now_text }
redis.call('HSET', KEYS[1], 'holder', taken[1], 'incarnation', taken[2], 'epoch', taken[3], 'nonce', taken[4], 'seq',
  taken[5], 'until', taken[6], 'since', taken[7], 'renewed', taken[8])
return { 'acquired', how, as_record(taken), lease[1] and as_record(lease) or {} }
