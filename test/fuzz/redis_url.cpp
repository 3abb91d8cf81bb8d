// URLs of Redis. The property: a URL is read again from how it is logged, without its password; and it keeps to its
// form: a server where it is one, a master where there are Sentinels, a sentence where it is no URL.
#include "core/redis/redis_url.h"

#include <cstdint>

#include "test/fuzz/require.h"

namespace {

using namespace sentix::core;
using sentix::test::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ParsedRedisUrl parsed = parse_redis_url({reinterpret_cast<const char*>(data), size});
  require(parsed.url.has_value() == parsed.problem.empty());
  if (!parsed.url) return 0;
  RedisUrl& url = *parsed.url;
  require(url.endpoints.empty() != url.unix_path.empty());
  require(url.kind != RedisUrl::Kind::standalone || url.endpoints.size() <= 1);
  require((url.kind == RedisUrl::Kind::sentinel) != url.master.empty());
  for (const RedisUrl::Endpoint& endpoint : url.endpoints) require(!endpoint.host.empty() && endpoint.port != 0);
  url.password.clear();
  const std::string logged = to_text(url);
  if (logged.size() <= 4096) require(parse_redis_url(logged).url == url);  // encoding may have made it too long
  return 0;
}
