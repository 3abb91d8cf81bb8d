// The inflater: says the same as zlib, given the whole message at once, of every input; and whatever it says, what
// comes out stays within the bound. Input: the bound (2 bytes), the compressed message.
#include <zlib.h>

#include <cstdint>
#include <string>

#include "protocol/deflate/inflater.h"
#include "test/fuzz/require.h"

using namespace sentix::protocol;
using sentix::test::require;

namespace {

// All that zlib makes of the message and the end that a sender leaves out; blocks behind a last one begin anew.
std::string plainly_inflated(std::string input, std::size_t size_max) {
  constexpr std::string_view kTail("\x00\x00\xFF\xFF", 4);
  input += kTail;
  std::string output(size_max, '\0');
  z_stream z{};
  require(::inflateInit2(&z, -15) == Z_OK);
  z.next_in = reinterpret_cast<Bytef*>(input.data());
  z.avail_in = static_cast<uInt>(input.size());
  z.next_out = reinterpret_cast<Bytef*>(output.data());
  z.avail_out = static_cast<uInt>(output.size());
  while (z.avail_in > 0 && ::inflate(&z, Z_SYNC_FLUSH) == Z_STREAM_END) ::inflateReset(&z);
  ::inflateEnd(&z);
  output.resize(output.size() - z.avail_out);
  return output;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t size_max = data[0] + 256U * data[1];
  const std::string_view compressed(reinterpret_cast<const char*>(data) + 2, size - 2);

  static Inflater inflater(ContextTakeover::no);  // of all inputs, so that one that leaves a trace is found
  MessageBuffer message;
  const auto result = inflater.inflate(std::as_bytes(std::span(compressed)), size_max, message);
  const std::string_view inflated(reinterpret_cast<const char*>(message.payload().data()), message.size());
  require(inflated.size() <= size_max);
  if (result == Inflater::Result::ok && !compressed.empty()) {
    require(inflated == plainly_inflated(std::string(compressed), size_max + 1));
  }
  if (result == Inflater::Result::too_large) {
    require(plainly_inflated(std::string(compressed), size_max + 1).size() == size_max + 1);
  }
  return 0;
}
