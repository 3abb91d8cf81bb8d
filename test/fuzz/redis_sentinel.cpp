// What Sentinels publish of a failover. The property: both masters have a port and a host that can be, which the text
// has named; written again, they are read as the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/redis/sentinel_watch.h"
#include "test/fuzz/require.h"

using namespace sentix::core;
using sentix::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = parse_master_switch(text, "main");
  if (!read) return 0;
  std::string again = "main";
  for (const RedisUrl::Endpoint& master : {read->former, read->present}) {
    require(master.port != 0 && is_redis_host(master.host));
    require(text.find(master.host) != std::string_view::npos);
    again += ' ' + master.host + ' ' + std::to_string(master.port);
  }
  require(parse_master_switch(again, "main") == read);
  return 0;
}
