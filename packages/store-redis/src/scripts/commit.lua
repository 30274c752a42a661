#!lua
--[[
  commit: a batch of commits, each with its own checks, outcome, revision and feed entry.

  KEYS[1]  history    hash     field id
  KEYS[2]  revision   string   integer, +1 per commit
  KEYS[3]  lease      hash     fields epoch, nonce, holder
  KEYS[4]  feed       stream   id <revision>-0; fields: m = meta, then <op>:<kind>:<id> = text
  KEYS[5]  audit      stream   id <revision>-0; field m = meta
  KEYS[6]  objects    hash     one key per kind named in ARGV: id -> '<revision> <text>'
  ARGV     audit entries kept, kinds, each kind's name, then for each commit:
           history id, fence epoch or '', fence nonce, meta JSON, 1 when audited else '', changes, and for each change:
           op (p put, c put of a cold kind, d delete, k check only), number of its kind, id, expected revision or '*', text

  Returns  one reply per commit, in order:
           {'committed', revision}   {'history', id}   {'fenced', epoch}   {'conflict', kind, id, revision}

  Atomic because the fence, the expected revisions and the write must be one fact, and a reader of the feed must find exactly what was
  written. A script does not roll back, so each commit is checked whole before its first write, and every key is touched by a reading
  command first: a key of the wrong type is refused while nothing has changed. Texts are never decoded, revisions compared as text.
]]
local at = 0
local function take()
  at = at + 1
  return ARGV[at]
end

local audit_kept = take()
local kinds = {}
for i = 1, tonumber(take()) do
  kinds[i] = take()
  redis.call('HLEN', KEYS[5 + i])
end
redis.call('XLEN', KEYS[4])
redis.call('XLEN', KEYS[5])

local history = redis.call('HGET', KEYS[1], 'id') or ''
local lease = redis.call('HMGET', KEYS[3], 'epoch', 'nonce', 'holder')

local function read()
  local commit = { history = take(), epoch = take(), nonce = take(), meta = take(), audited = take(), changes = {} }
  for i = 1, tonumber(take()) do
    commit.changes[i] = { op = take(), kind = tonumber(take()), id = take(), expect = take(), text = take() }
  end
  return commit
end

local function refusal(commit)
  if commit.history ~= history then return { 'history', history } end
  if commit.epoch ~= '' and not (lease[3] and lease[1] == commit.epoch and lease[2] == commit.nonce) then
    return { 'fenced', lease[1] or '0' }
  end
  for _, change in ipairs(commit.changes) do
    if change.expect ~= '*' then
      local stored = redis.call('HGET', KEYS[5 + change.kind], change.id)
      local revision = stored and string.match(stored, '^(%d+) ') or '0'
      if revision ~= change.expect then return { 'conflict', kinds[change.kind], change.id, revision } end
    end
  end
end

local function write(commit)
  local revision = string.format('%.0f', redis.call('INCR', KEYS[2]))
  local entry = { 'm', commit.meta }
  for _, change in ipairs(commit.changes) do
    if change.op ~= 'k' then
      entry[#entry + 1] = change.op .. ':' .. kinds[change.kind] .. ':' .. change.id
      entry[#entry + 1] = change.op == 'p' and change.text or ''
    end
  end
  redis.call('XADD', KEYS[4], revision .. '-0', unpack(entry))
  for _, change in ipairs(commit.changes) do
    if change.op == 'd' then
      redis.call('HDEL', KEYS[5 + change.kind], change.id)
    elseif change.op ~= 'k' then
      redis.call('HSET', KEYS[5 + change.kind], change.id, revision .. ' ' .. change.text)
    end
  end
  if commit.audited ~= '' then
    redis.call('XADD', KEYS[5], 'MAXLEN', '=', audit_kept, revision .. '-0', 'm', commit.meta)
  end
  return { 'committed', revision }
end

local replies = {}
while at < #ARGV do
  local commit = read()
  replies[#replies + 1] = refusal(commit) or write(commit)
end
return replies
