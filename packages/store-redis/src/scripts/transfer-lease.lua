#!lua flags=allow-oom
--[[
  transfer-lease: hand the lease to another controller.

  KEYS[1]  lease        hash   holder, incarnation, epoch, nonce, seq, until, since, renewed
  ARGV[1]  epoch        of the present holder
  ARGV[2]  nonce        of the present holder
  ARGV[3]  holder       controller id of the next
  ARGV[4]  incarnation  its process
  ARGV[5]  next_nonce
  ARGV[6]  ttl_ms

  Returns  {'transferred', record}
           {'lost', record}         record: {} when nobody holds it
           record: {holder, incarnation, epoch, nonce, seq, ms_left, since, renewed}

  Atomic because the lease must never be free in between, when a third could take it, and never have two holders.
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease =
  redis.call('HMGET', KEYS[1], 'holder', 'incarnation', 'epoch', 'nonce', 'seq', 'until', 'since', 'renewed')
if not lease[1] then return { 'lost', {} } end
if lease[3] ~= ARGV[1] or lease[4] ~= ARGV[2] then
  lease[6] = string.format('%.0f', lease[6] - now)
  return { 'lost', lease }
end

local epoch = string.format('%.0f', math.max(lease[3] + 1, now))
local until_ms, now_text = string.format('%.0f', now + ARGV[6]), string.format('%.0f', now)
redis.call('HSET', KEYS[1], 'holder', ARGV[3], 'incarnation', ARGV[4], 'epoch', epoch, 'nonce', ARGV[5], 'seq', '0',
  'until', until_ms, 'since', now_text, 'renewed', now_text)
return { 'transferred', { ARGV[3], ARGV[4], epoch, ARGV[5], '0', ARGV[6], now_text, now_text } }
