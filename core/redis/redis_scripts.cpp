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
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function text(number) return string.format('%.0f', number) end

-- The present life of the channel, begun where there is none or where that was a Redis's that is no more.
local function lives(of) return of and string.find(runs, of, 1, true) end
local function life()
  local known = redis.call('HMGET', meta, 'e', 'r', 'o')
  if known[1] and lives(known[2]) then
    if known[2] ~= run then redis.call('HSET', meta, 'r', run) end
    return known[1], tonumber(known[3])
  end
  redis.call('DEL', meta, stream, keys)
  redis.call('HSET', meta, 'e', fresh, 'r', run, 'o', 0, 'b', 0)
  return fresh, 0
end
local function keep_alive()
  if keep > 0 then redis.call('PEXPIRE', meta, keep) end
  redis.call('PEXPIRE', stream, ttl)
  redis.call('PEXPIRE', keys, ttl)
end

-- What an entry takes, about, on a node that keeps it (History).
local function cost(fields) return #fields[2] + #fields[4] + #fields[6] + 160 end

-- Lets go of the oldest while there are too many, too much or too old ones. Gives the bytes and the first that is left.
local function trim(bytes)
  while true do
    local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    if not oldest then return 0, nil end
    local fields = oldest[2]
    if redis.call('XLEN', stream) <= size and bytes <= bytes_max and tonumber(fields[8]) > now - ttl then
      return bytes, tonumber(string.match(oldest[1], '^%d+'))
    end
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
local epoch, top = life()
local bytes = trim(tonumber(redis.call('HGET', meta, 'b')))
local first = top + 1
local answer, sent = {epoch}, {}
for i = 8, #ARGV, 3 do
  local data, user, key = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if key ~= '' then key = key .. '\0' .. redis.sha1hex(data) end
  local known = key ~= '' and redis.call('HGET', keys, key)
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
bytes = trim(bytes)
redis.call('HSET', meta, 'o', text(top), 'b', bytes)
keep_alive()
if #sent > 0 then tell('m', '', epoch, first, sent) end
return answer
)lua";

constexpr std::string_view kJoin = R"lua(
local history, since_epoch, since_offset = ARGV[8] == '1', ARGV[9], tonumber(ARGV[10])
local had_epoch, had_offset = ARGV[11], tonumber(ARGV[12])
local place, joins, clients_max = ARGV[13], ARGV[14] == '1', tonumber(ARGV[15])
local presence, user, info, wanted, session = ARGV[16] == '1', ARGV[17], ARGV[18], tonumber(ARGV[19]), ARGV[20]
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
local epoch, top, recovered, from, entries = '', 0, 0, 0, {}
if history then
  epoch, top = life()
  local bytes, oldest = trim(tonumber(redis.call('HGET', meta, 'b')))
  redis.call('HSET', meta, 'b', bytes)
  keep_alive()
  local before = (oldest or top + 1) - 1
  local function reaches(of_epoch, offset) return of_epoch == epoch and offset >= before and offset <= top end
  if had_epoch == '' then from = top elseif reaches(had_epoch, had_offset) then from = had_offset else from = before end
  local begin = from
  if reaches(since_epoch, since_offset) then
    recovered = 1
    begin = math.min(begin, since_offset)
  end
  if begin < top then entries = flat(redis.call('XRANGE', stream, text(begin + 1) .. '-0', '+')) end
end
local count, list = 0, {}
if presence then count, list = list_members(wanted) end
return {'ok', epoch, text(top), recovered, text(from), entries, list, count}
)lua";

constexpr std::string_view kPart = R"lua(
local place, presence, user = ARGV[8], ARGV[9] == '1', ARGV[10]
if redis.call('HINCRBY', counts, place, -1) <= 0 then redis.call('HDEL', counts, place) end
local known = presence and member(user)
if known and (known.a[place] or 0) > 0 then
  known.a[place] = known.a[place] - 1
  redis.call('HSET', users, user, cmsgpack.pack(known))
end
return 1
)lua";

constexpr std::string_view kDepart = R"lua(
local place, user = ARGV[8], ARGV[9]
local known = member(user)
if known and known.a[place] == 0 then unset_member(user, place) end
return 1
)lua";

constexpr std::string_view kSync = R"lua(
local place, clients = ARGV[8], tonumber(ARGV[9])
if clients > 0 then redis.call('HSET', counts, place, clients) else redis.call('HDEL', counts, place) end
local there = {}
for i = 10, #ARGV, 3 do
  there[ARGV[i]] = true
  set_member(ARGV[i], ARGV[i + 1], place, tonumber(ARGV[i + 2]), '')
end
for _, user in ipairs(redis.call('HKEYS', users)) do
  if not there[user] then unset_member(user, place) end
end
return 1
)lua";

constexpr std::string_view kRead = R"lua(
local creates, limit = ARGV[8] == '1', math.min(tonumber(ARGV[9]), size)
local since_epoch, since_offset, reverse = ARGV[10], tonumber(ARGV[11]), ARGV[12] == '1'
if not creates and not lives(redis.call('HGET', meta, 'r')) then return false end
local epoch, top = life()
redis.call('HSET', meta, 'b', (trim(tonumber(redis.call('HGET', meta, 'b')))))
keep_alive()
local found = {}
if limit > 0 then
  local newest_first = since_epoch ~= epoch
  if newest_first then
    found = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', limit)
  elseif since_offset < top then
    found = redis.call('XRANGE', stream, text(since_offset + 1) .. '-0', '+', 'COUNT', limit)
  end
  if newest_first ~= reverse then
    local turned = {}
    for i = #found, 1, -1 do turned[#turned + 1] = found[i] end
    found = turned
  end
end
return {epoch, text(top), flat(found)}
)lua";

constexpr std::string_view kMembers = R"lua(
local count, list = list_members(tonumber(ARGV[8]))
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
