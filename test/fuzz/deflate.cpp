// Messages that were compressed and decompressed are what they were, with every window and effort, with and without
// context takeover. Input: window, takeover and effort (1 byte each), then messages, each with its size (2 bytes)
// before.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "protocol/deflate/deflater.h"
#include "protocol/deflate/inflater.h"
#include "test/fuzz/require.h"

using namespace sentix::protocol;
using sentix::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const int window_bits = Deflater::kWindowBitsMin + data[0] % 7;
  const ContextTakeover takeover = data[1] % 2 == 0 ? ContextTakeover::no : ContextTakeover::yes;
  Deflater deflater(takeover, window_bits, {.level = 1 + data[2] % 9, .memory_level = 1 + data[2] / 16 % 9});
  Inflater inflater(takeover, window_bits);

  std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
  while (rest.size() >= 2) {
    const std::size_t wanted = static_cast<unsigned char>(rest[0]) + 256U * static_cast<unsigned char>(rest[1]);
    const std::string_view text = rest.substr(2, wanted);
    rest.remove_prefix(2 + text.size());
    const SharedFrame frame = deflater.deflate(Opcode::text, std::as_bytes(std::span(text)));
    require(frame || text.empty() || takeover == ContextTakeover::no);
    if (!frame) continue;
    require(takeover == ContextTakeover::yes || frame.payload().size() <= text.size());
    MessageBuffer message;
    require(inflater.inflate(frame.payload(), text.size(), message) == Inflater::Result::ok);
    const auto inflated = message.payload();
    require(std::equal(inflated.begin(), inflated.end(), std::as_bytes(std::span(text)).begin(),
                       std::as_bytes(std::span(text)).end()));
  }
  return 0;
}
