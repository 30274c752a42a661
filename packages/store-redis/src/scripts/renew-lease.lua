#!lua flags=allow-oom
--[[
  renew-lease: hold on to the lease for another ttl.

  KEYS[1]  lease   hash   holder, incarnation, epoch, nonce, seq, until, since, renewed
  ARGV[1]  epoch   of the holder
  ARGV[2]  nonce   of the holder
  ARGV[3]  ttl_ms

  Returns  {'renewed', record}
           {'lost', record}     record: {} when nobody holds it
           record: {holder, incarnation, epoch, nonce, seq, ms_left, since, renewed}

  Atomic because between "it is still mine" and "until then" another could take it. A lapsed lease that nobody took may be renewed.
  Equality of epoch and nonce, not order: after a failover that lost the tail the same epoch can have been given twice.
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease =
  redis.call('HMGET', KEYS[1], 'holder', 'incarnation', 'epoch', 'nonce', 'seq', 'until', 'since', 'renewed')
if not lease[1] then return { 'lost', {} } end

local is_mine = lease[3] == ARGV[1] and lease[4] == ARGV[2]
if is_mine then
  lease[5] = string.format('%.0f', lease[5] + 1)
  lease[6] = string.format('%.0f', now + ARGV[3])
  lease[8] = string.format('%.0f', now)
  redis.call('HSET', KEYS[1], 'seq', lease[5], 'until', lease[6], 'renewed', lease[8])
end
lease[6] = string.format('%.0f', lease[6] - now)
return { is_mine and 'renewed' or 'lost', lease }
