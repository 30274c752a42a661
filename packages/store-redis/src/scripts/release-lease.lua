#!lua flags=allow-oom
--[[
  release-lease: give the lease back.

  KEYS[1]  lease  hash   holder, incarnation, epoch, nonce, seq, until, since, renewed
  ARGV[1]  epoch  of the holder
  ARGV[2]  nonce  of the holder

  Returns  {'released'}
           {'lost'}

  Atomic because a holder that was deposed must not free the lease of the next. The epoch stays, so that the next one is higher.
]]
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch', 'nonce')
if not lease[1] or lease[2] ~= ARGV[1] or lease[3] ~= ARGV[2] then return { 'lost' } end
redis.call('HDEL', KEYS[1], 'holder', 'incarnation', 'nonce', 'seq', 'until', 'since', 'renewed')
return { 'released' }
