#!lua flags=no-writes
--[[
  read-lease: who holds the lease, and how long it has left.

  KEYS[1]  lease  hash   holder, incarnation, epoch, nonce, seq, until, since, renewed

  Returns  {'free'}
           {'held', {holder, incarnation, epoch, nonce, seq, ms_left, since, renewed}}

  Atomic because the time left is told by the clock that judges the lease, at the moment of reading.
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease =
  redis.call('HMGET', KEYS[1], 'holder', 'incarnation', 'epoch', 'nonce', 'seq', 'until', 'since', 'renewed')
if not lease[1] then return { 'free' } end
lease[6] = string.format('%.0f', lease[6] - now)
return { 'held', lease }
