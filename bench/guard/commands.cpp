// One text message from its bytes to a command.
#include <string>
#include <variant>
#include <vector>

#include "bench/guard/guard.h"
#include "protocol/command_decoder.h"

namespace sentix::bench_guard {
namespace {

void decode(const std::string& text, std::uint64_t operations) {
  protocol::CommandDecoder decoder;
  for (std::uint64_t i = 0; i < operations; ++i) {
    const protocol::Decoded decoded = decoder.decode(text);
    require(std::holds_alternative<protocol::Command>(decoded), "not a command");
    use(decoded);
  }
}

void decode_ping(std::uint64_t operations) {
  decode(R"({"type":"ping","id":8})", operations);
}

void decode_subscribe(std::uint64_t operations) {
  decode(R"({"type":"subscribe","id":2,"channel":"general","since":{"epoch":"k7Qx","offset":41}})", operations);
}

void decode_publish(std::uint64_t operations) {
  decode(R"({"type":"publish","id":4,"channel":"general","data":{"nick":"Ann","text":"Hello, is anybody here?"}})",
         operations);
}

void decode_publish_1KiB(std::uint64_t operations) {
  decode(R"({"type":"publish","id":4,"channel":"general","data":")" + std::string(960, 'x') + R"("})", operations);
}

}  // namespace

void add_command_cases(std::vector<Case>& cases) {
  cases.push_back({"command_ping", decode_ping});
  cases.push_back({"command_subscribe", decode_subscribe});
  cases.push_back({"command_publish", decode_publish});
  cases.push_back({"command_publish_1KiB", decode_publish_1KiB});
}

}  // namespace sentix::bench_guard
