#!lua flags=no-writes
--[[
  read-head: where the feed ends now.

  KEYS[1]  history   hash     field id
  KEYS[2]  revision  string   integer

  Returns  {'head', history_id, revision}

  Atomic because a revision means nothing without the history that it belongs to.
]]
return { 'head', redis.call('HGET', KEYS[1], 'id') or '', redis.call('GET', KEYS[2]) or '0' }
