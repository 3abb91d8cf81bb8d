#include "tools/load/sentix_messages.h"

#include <memory>

namespace sentix::load {

namespace {

Bytes text_frame(const std::string& text) {
  return client_frame(protocol::Opcode::text, std::as_bytes(std::span(text)));
}

}  // namespace

void enter(Client& client, std::span<const std::byte> message, const std::string& channel, Meter& meter) {
  const std::string_view type = type_of(message);
  if (type == "welcome") {
    const auto frame = std::make_shared<const Bytes>(subscribe_frame(channel));
    client.send(frame, frame->size());
  } else if (type == "subscribed") {
    meter.ready.add();
  } else if (type == "error") {
    meter.failed(std::string(text_of(message)));
  }
}

Bytes subscribe_frame(std::string_view channel) {
  return text_frame(R"({"type":"subscribe","id":1,"channel":")" + std::string(channel) + R"("})");
}

Bytes publish_frame(std::string_view channel, std::string_view data, bool with_id) {
  std::string text = R"({"type":"publish",)";
  text.append(with_id ? R"("id":2,)" : "").append(R"("channel":")").append(channel);
  return text_frame(text.append(R"(","data":)").append(data).append("}"));
}

std::string_view type_of(std::span<const std::byte> message) {
  constexpr std::string_view kBeginning = R"({"type":")";
  const std::string_view text = text_of(message);
  if (!text.starts_with(kBeginning)) {
    return {};
  }
  const std::string_view rest = text.substr(kBeginning.size());
  return rest.substr(0, rest.find('"'));
}

std::string json_string(std::size_t size, std::string_view front) {
  std::string text = "\"" + std::string(front);
  text.resize(std::max(size, text.size() + 1), 'x');
  text.back() = '"';
  return text;
}

std::string channel_of_room(std::string_view channel, std::size_t room) {
  return std::string(channel) + "-" + std::to_string(room);
}

}  // namespace sentix::load
