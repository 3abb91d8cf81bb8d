// What nodes tell each other by Redis. The property: what was read is written again, and read as the same.
#include "core/redis/redis_message.h"

#include <cstdint>
#include <cstdlib>

using namespace sentix::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = decode_redis_message({reinterpret_cast<const char*>(data), size});
  if (message && decode_redis_message(encode_redis_message(*message)) != message) std::abort();
  return 0;
}
