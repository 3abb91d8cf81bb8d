// A message is a command or is refused, and never both: what is decoded keeps its promises and can be said again in
// other words; what is refused has a sentence that makes a valid reply. A command that was cut short is none.
#include "protocol/command.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/command_decoder.h"
#include "protocol/event_encoder.h"
#include "protocol/json_syntax.h"
#include "protocol/json_text.h"
#include "protocol/message_draft.h"
#include "protocol/names.h"
#include "test/fuzz/require.h"

using namespace sentix::protocol;
using sentix::test::require;

namespace {

std::string_view payload_of(const SharedFrame& frame) {
  return {reinterpret_cast<const char*>(frame.payload().data()), frame.payload().size()};
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

std::string written_again(const Command& command) {
  std::string text = R"({"type":)" + quote(wire_name(command.type));
  const auto add = [&text](std::string_view key, std::string_view json) {
    text += ',' + quote(key) + ':' + std::string(json);
  };
  if (!command.id.empty()) add("id", command.id.json);
  if (!command.channel.empty()) add("channel", quote(command.channel));
  if (!command.event.empty()) add("event", quote(command.event));
  if (!command.data.empty()) add("data", command.data);
  if (!command.credentials.empty()) add("credentials", command.credentials);
  if (!command.token.empty()) add("token", quote(command.token));
  if (!command.key.empty()) add("key", quote(command.key));
  if (command.since) {
    const std::string epoch = quote(command.since->epoch);
    add("since", R"({"epoch":)" + epoch + R"(,"offset":)" + std::to_string(command.since->offset) + "}");
  }
  if (command.limit) add("limit", std::to_string(*command.limit));
  if (command.reverse) add("reverse", "true");
  if (command.count) add("count", "true");
  return text + "}";
}

void check_promises(const Command& command, std::string_view text) {
  require(command.channel.empty() || valid_channel_name(command.channel));
  require(command.event.empty() || valid_event_name(command.event));
  require(command.data.empty() || !validate_json(command.data));
  require(command.data.empty() || lies_in(command.data, text) || command.data == "null");
  require(command.credentials.empty() || lies_in(command.credentials, text));
  require(command.id.empty() || lies_in(command.id.json, text));
  if (command.type == CommandType::publish) {
    const MessageFrame message = MessageDraft(command.channel, command.data).finish(1);
    require(message.data_json() == command.data);
    // Data at the deepest level allowed is no deeper in a publication than in its command.
    require(!validate_json(payload_of(message.frame)));
  }
}

void check_said_again(const Command& command) {
  const std::string again = written_again(command);
  CommandDecoder decoder;
  const Decoded decoded = decoder.decode(again);
  require(std::holds_alternative<Command>(decoded));
  require(written_again(std::get<Command>(decoded)) == again);
}

void check_refusal(const CommandError& error) {
  require(!error.message.empty());
  const ErrorReply reply{.id = error.id, .code = error.code, .message = error.message};
  require(!validate_json(payload_of(encode(reply))));
}

void check_prefixes(std::string_view text) {
  CommandDecoder decoder;
  const std::size_t closing_brace = text.rfind('}');
  for (std::size_t size = 0; size <= std::min<std::size_t>(closing_brace, 256); ++size) {
    require(std::holds_alternative<CommandError>(decoder.decode(text.substr(0, size))));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (validate_json_utf8(text).fault == JsonFault::not_utf8) return 0;
  CommandDecoder decoder;
  const Decoded decoded = decoder.decode(text);
  if (const auto* error = std::get_if<CommandError>(&decoded)) {
    check_refusal(*error);
    return 0;
  }
  const auto& command = std::get<Command>(decoded);
  check_promises(command, text);
  check_said_again(command);
  check_prefixes(text);
  return 0;
}
