#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "tools/load/client.h"

namespace sentix::load {

// The few messages of the sentix protocol that are sent and told apart here.

// A step of a client's way into a channel: it waits for the server's welcome, asks to subscribe, and is counted as
// ready when it has the answer. An error of the server's is counted as a failure; other messages are passed over.
void enter(Client& client, std::span<const std::byte> message, const std::string& channel, Meter& meter);

[[nodiscard]] Bytes subscribe_frame(std::string_view channel);

// `data` is the JSON value to publish. With an id the server answers `published`, else only where it refuses.
[[nodiscard]] Bytes publish_frame(std::string_view channel, std::string_view data, bool with_id);

// What a message of the server's is: "message", "published", "error". The server writes `type` first; of a message that
// does not begin so: nothing.
[[nodiscard]] std::string_view type_of(std::span<const std::byte> message);

// A JSON string of `size` bytes, quotes included, with the letters of `front` first; at least as many as those and
// their quotes are.
[[nodiscard]] std::string json_string(std::size_t size, std::string_view front = {});

[[nodiscard]] std::string channel_of_room(std::string_view channel, std::size_t room);

inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace sentix::load
