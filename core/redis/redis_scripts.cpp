#include "core/redis/redis_scripts.h"

#include <openssl/evp.h>

#include <array>

namespace sentix::core {
namespace {

// What the scripts have in common. A number of Lua is exact up to 2^53, and tostring() would round it.
constexpr std::string_view kCommon = R"lua(
local meta, stream, keys, counts, users, names = unpack(KEYS)
local runs, channel, fresh = ARGV[1], ARGV[2], ARGV[3]
local run = string.sub(runs, 1, 40)
local size, ttl, bytes_max, keep = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local synced = ARGV[8] == '1'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function text(number) return string.format('%.0f', number) end

-- Of a synced channel another Redis takes over what it has: as a new life, which knows of which others it is the rest.
local function inherit(epoch, top)
  local packed = redis.call('HGET', meta, 'a')
  local ancestors = packed and cmsgpack.unpack(packed) or {}
  ancestors[#ancestors + 1] = {epoch, top}
  if #ancestors > 8 then table.remove(ancestors, 1) end
  redis.call('HSET', meta, 'e', fresh, 'r', run, 'v', top, 'w', 0, 'a', cmsgpack.pack(ancestors))
end

-- The present life of the channel, begun where there is none or where that was a Redis's that is no more. Gives epoch,
-- newest offset, that up to which readers see it, and that up to which replicas are known to have it.
local function lives(of) return of and string.find(runs, of, 1, true) end
local function life()
  local known = redis.call('HMGET', meta, 'e', 'r', 'o', 'v', 'w')
  local epoch, top, visible, safe = known[1], tonumber(known[3]), tonumber(known[4]), tonumber(known[5])
  if not epoch or not lives(known[2]) and not synced then
    redis.call('DEL', meta, stream, keys)
    redis.call('HSET', meta, 'e', fresh, 'r', run, 'o', 0, 'b', 0)
    epoch, top, visible, safe = fresh, 0, nil, nil
  elseif not lives(known[2]) then
    inherit(epoch, known[3])
    epoch, visible, safe = fresh, top, 0
  elseif known[2] ~= run then
    redis.call('HSET', meta, 'r', run)
  end
  if not synced then
    if visible then redis.call('HDEL', meta, 'v', 'w', 'a') end
    return epoch, top, top, top
  end
  if not visible then
    visible, safe = top, 0
    redis.call('HSET', meta, 'v', text(top), 'w', 0)
  end
  return epoch, top, visible, safe
end

-- Up to which offset of the present life one has everything who has it up to `offset` of a former one. Of a life that
-- is not known, what was inherited may have been had; nil: nothing was.
local function inherited(epoch, offset)
  local packed = redis.call('HGET', meta, 'a')
  local ancestors = packed and cmsgpack.unpack(packed) or {}
  for i = #ancestors, 1, -1 do
    offset = math.min(offset, tonumber(ancestors[i][2]))
    if ancestors[i][1] == epoch then return offset end
  end
  return #ancestors > 0 and tonumber(ancestors[#ancestors][2]) or nil
end
local function keep_alive()
  if keep > 0 then redis.call('PEXPIRE', meta, keep) end
  redis.call('PEXPIRE', stream, ttl)
  redis.call('PEXPIRE', keys, ttl)
end

-- What an entry takes, about, on a node that keeps it (History).
local function cost(fields) return #fields[2] + #fields[4] + #fields[6] + 160 end

-- Lets go of the oldest while there are too many, too much or too old ones, but not of what nobody has seen yet. Gives
-- the bytes and the first that is left.
local function trim(bytes, visible)
  while true do
    local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    if not oldest then return 0, nil end
    local fields, offset = oldest[2], tonumber(string.match(oldest[1], '^%d+'))
    local fits = redis.call('XLEN', stream) <= size and bytes <= bytes_max and tonumber(fields[8]) > now - ttl
    if fits or offset > visible then return bytes, offset end
    redis.call('XDEL', stream, oldest[1])
    if fields[6] ~= '' then redis.call('HDEL', keys, fields[6]) end
    bytes = bytes - cost(fields)
  end
end
local function flat(entries)
  local list = {}
  for _, entry in ipairs(entries) do
    list[#list + 1] = string.match(entry[1], '^%d+')
    list[#list + 1] = entry[2][2]
    list[#list + 1] = entry[2][4]
  end
  return list
end

-- To the nodes: an array of RESP (redis_message.h).
local function tell(kind, except, epoch, first, items)
  local all = {kind, except, epoch, text(first)}
  for _, item in ipairs(items) do all[#all + 1] = item end
  local parts = {'*' .. #all .. '\r\n'}
  for _, item in ipairs(all) do parts[#parts + 1] = '$' .. #item .. '\r\n' .. item .. '\r\n' end
  redis.call('SPUBLISH', channel, table.concat(parts))
end

local function member(user)
  local packed = redis.call('HGET', users, user)
  return packed and cmsgpack.unpack(packed)
end
local function set_member(user, info, place, connections, except)
  local found = member(user)
  local known = found or {i = info, a = {}}
  known.a[place] = connections
  redis.call('HSET', users, user, cmsgpack.pack(known))
  if not found then
    redis.call('ZADD', names, 0, user)
    tell('j', except, '', 0, {user, info})
  end
end
local function unset_member(user, place)
  local known = member(user)
  if not known or not known.a[place] then return end
  known.a[place] = nil
  if next(known.a) then redis.call('HSET', users, user, cmsgpack.pack(known)) return end
  redis.call('HDEL', users, user)
  redis.call('ZREM', names, user)
  tell('l', '', '', 0, {user, known.i})
end
local function list_members(wanted)
  local list = {}
  if wanted > 0 then
    for _, user in ipairs(redis.call('ZRANGE', names, '-', '+', 'BYLEX', 'LIMIT', 0, wanted)) do
      local known = member(user)
      local connections = 0
      for _, count in pairs(known.a) do connections = connections + count end
      list[#list + 1] = user
      list[#list + 1] = known.i
      list[#list + 1] = text(connections)
    end
  end
  return redis.call('ZCARD', names), list
end
)lua";

constexpr std::string_view kPublish = R"lua(
local unseen_max, unseen_bytes_max = 1024, 16 * 1024 * 1024
local epoch, top, visible, safe = life()
local bytes = trim(tonumber(redis.call('HGET', meta, 'b')), visible)
local first = top + 1
local answer, sent = {epoch, text(safe)}, {}
for i = 9, #ARGV, 3 do
  local data, user, key = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if key ~= '' then key = key .. '\0' .. redis.sha1hex(data) end
  local known = key ~= '' and redis.call('HGET', keys, key)
  if not known and synced and (top - visible >= unseen_max or bytes > bytes_max + unseen_bytes_max) then known = '' end
  if not known then
    top = top + 1
    known = text(top)
    redis.call('XADD', stream, known .. '-0', 'd', data, 'u', user, 'k', key, 't', now)
    if key ~= '' then redis.call('HSET', keys, key, known) end
    bytes = bytes + #data + #user + #key + 160
    sent[#sent + 1] = data
    sent[#sent + 1] = user
  end
  answer[#answer + 1] = known
end
if not synced then visible, answer[2] = top, text(top) end
bytes = trim(bytes, visible)
redis.call('HSET', meta, 'o', text(top), 'b', bytes)
keep_alive()
if not synced and #sent > 0 then tell('m', '', epoch, first, sent) end
return answer
)lua";

constexpr std::string_view kConfirm = R"lua(
local for_epoch, upto, of_run = ARGV[9], tonumber(ARGV[10]), ARGV[11]
local piece_items, piece_bytes = 128, 1024 * 1024
local epoch, top, visible, safe = life()
if epoch == for_epoch and run == of_run and upto > safe and upto <= top then
  local sent, first, last, bytes = {}, 0, 0, 0
  local function tell_piece()
    if #sent > 0 then tell('m', '', epoch, first, sent) end
    sent, bytes = {}, 0
  end
  local unseen = upto > visible and redis.call('XRANGE', stream, text(visible + 1) .. '-0', text(upto) .. '-0') or {}
  for _, entry in ipairs(unseen) do
    local offset, fields = tonumber(string.match(entry[1], '^%d+')), entry[2]
    if offset ~= last + 1 or #sent >= piece_items or bytes > piece_bytes then tell_piece() end
    if #sent == 0 then first = offset end
    sent[#sent + 1] = fields[2]
    sent[#sent + 1] = fields[4]
    last, bytes = offset, bytes + #fields[2]
  end
  tell_piece()
  visible, safe = math.max(visible, upto), upto
  bytes = trim(tonumber(redis.call('HGET', meta, 'b')), visible)
  redis.call('HSET', meta, 'v', text(visible), 'w', text(safe), 'b', bytes)
  keep_alive()
end
return {epoch, text(safe)}
)lua";

constexpr std::string_view kJoin = R"lua(
local history, since_epoch, since_offset = ARGV[9] == '1', ARGV[10], tonumber(ARGV[11])
local had_epoch, had_offset = ARGV[12], tonumber(ARGV[13])
local place, joins, clients_max = ARGV[14], ARGV[15] == '1', tonumber(ARGV[16])
local presence, user, info, wanted, session = ARGV[17] == '1', ARGV[18], ARGV[19], tonumber(ARGV[20]), ARGV[21]
if joins then
  if clients_max > 0 then
    local clients = 0
    for _, count in ipairs(redis.call('HVALS', counts)) do clients = clients + tonumber(count) end
    if clients >= clients_max then return {'full'} end
  end
  redis.call('HINCRBY', counts, place, 1)
  if presence then
    local known = member(user)
    set_member(user, info, place, (known and known.a[place] or 0) + 1, session)
  end
end
local epoch, stored, top, recovered, from, entries = '', 0, 0, 0, 0, {}
if history then
  epoch, stored, top = life()
  local bytes, oldest = trim(tonumber(redis.call('HGET', meta, 'b')), top)
  redis.call('HSET', meta, 'b', bytes)
  keep_alive()
  local before = (oldest or top + 1) - 1
  local function reaches(of_epoch, offset) return of_epoch == epoch and offset >= before and offset <= top end
  if had_epoch == '' then from = top elseif reaches(had_epoch, had_offset) then from = had_offset else from = before end
  if synced and had_epoch ~= '' and had_epoch ~= epoch then
    from = math.max(before, inherited(had_epoch, had_offset) or 0)
  end
  local begin = from
  if reaches(since_epoch, since_offset) then
    recovered = 1
    begin = math.min(begin, since_offset)
  end
  if begin < top then entries = flat(redis.call('XRANGE', stream, text(begin + 1) .. '-0', text(top) .. '-0')) end
end
local count, list = 0, {}
if presence then count, list = list_members(wanted) end
return {'ok', epoch, text(top), recovered, text(from), entries, list, count, text(stored)}
)lua";

constexpr std::string_view kPart = R"lua(
local place, presence, user = ARGV[9], ARGV[10] == '1', ARGV[11]
if redis.call('HINCRBY', counts, place, -1) <= 0 then redis.call('HDEL', counts, place) end
local known = presence and member(user)
if known and (known.a[place] or 0) > 0 then
  known.a[place] = known.a[place] - 1
  redis.call('HSET', users, user, cmsgpack.pack(known))
end
return 1
)lua";

constexpr std::string_view kDepart = R"lua(
local place, user = ARGV[9], ARGV[10]
local known = member(user)
if known and known.a[place] == 0 then unset_member(user, place) end
return 1
)lua";

constexpr std::string_view kSync = R"lua(
local place, clients = ARGV[9], tonumber(ARGV[10])
if clients > 0 then redis.call('HSET', counts, place, clients) else redis.call('HDEL', counts, place) end
local there = {}
for i = 11, #ARGV, 3 do
  there[ARGV[i]] = true
  set_member(ARGV[i], ARGV[i + 1], place, tonumber(ARGV[i + 2]), '')
end
for _, user in ipairs(redis.call('HKEYS', users)) do
  if not there[user] then unset_member(user, place) end
end
return 1
)lua";

constexpr std::string_view kRead = R"lua(
local creates, limit = ARGV[9] == '1', math.min(tonumber(ARGV[10]), size)
local since_epoch, since_offset, reverse = ARGV[11], tonumber(ARGV[12]), ARGV[13] == '1'
local of_run = redis.call('HGET', meta, 'r')
if not creates and not lives(of_run) and not (synced and of_run) then return false end
local epoch, stored, top = life()
redis.call('HSET', meta, 'b', (trim(tonumber(redis.call('HGET', meta, 'b')), top)))
keep_alive()
local found = {}
if limit > 0 then
  local newest_first = since_epoch ~= epoch
  if newest_first then
    found = redis.call('XREVRANGE', stream, text(top) .. '-0', '-', 'COUNT', limit)
  elseif since_offset < top then
    found = redis.call('XRANGE', stream, text(since_offset + 1) .. '-0', text(top) .. '-0', 'COUNT', limit)
  end
  if newest_first ~= reverse then
    local turned = {}
    for i = #found, 1, -1 do turned[#turned + 1] = found[i] end
    found = turned
  end
end
return {epoch, text(top), flat(found), text(stored)}
)lua";

constexpr std::string_view kMembers = R"lua(
local count, list = list_members(tonumber(ARGV[9]))
return {count, list}
)lua";

constexpr std::string_view kLease = R"lua(
local leases, place, lease = KEYS[1], ARGV[2], tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local before = tonumber(redis.call('ZSCORE', leases, place) or 0)
redis.call('ZADD', leases, now + lease, place)
local answer = {before >= now and 1 or 0}
for _, other in ipairs(redis.call('ZRANGE', leases, '-inf', string.format('(%.0f', now), 'BYSCORE')) do
  answer[#answer + 1] = other
end
return answer
)lua";

constexpr std::string_view kDirectory = R"lua(
local nodes, process, lease = KEYS[1], ARGV[2], tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('HSET', nodes, process, cmsgpack.pack({now + lease, unpack(ARGV, 4)}))
redis.call('PEXPIRE', nodes, lease)
local answer = {}
local all = redis.call('HGETALL', nodes)
for i = 1, #all, 2 do
  local record = cmsgpack.unpack(all[i + 1])
  if record[1] < now then
    redis.call('HDEL', nodes, all[i])
  else
    record[1] = all[i]
    answer[#answer + 1] = record
  end
end
return answer
)lua";

std::string sha1(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hexadecimal;
  for (unsigned i = 0; i < size; ++i) {
    hexadecimal += kDigits[digest[i] >> 4U];
    hexadecimal += kDigits[digest[i] & 15U];
  }
  return hexadecimal;
}

RedisScript script(std::string_view name, std::string_view own, std::string_view common = kCommon) {
  std::string text(common);
  text += own;
  std::string digest = sha1(text);
  return {name, std::move(text), std::move(digest)};
}

}  // namespace

const RedisScripts& redis_scripts() {
  static const RedisScripts kScripts{
      .publish = script("publish", kPublish),
      .confirm = script("confirm", kConfirm),
      .join = script("join", kJoin),
      .part = script("part", kPart),
      .depart = script("depart", kDepart),
      .sync = script("sync", kSync),
      .read = script("read", kRead),
      .members = script("members", kMembers),
      .lease = script("lease", kLease, {}),
      .directory = script("directory", kDirectory, {}),
  };
  return kScripts;
}

}  // namespace sentix::core
