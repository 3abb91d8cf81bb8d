// libwebsockets' client against `sentix echo`: every message comes back, and closing is clean.
//
//   libwebsockets_client PORT plain|deflate
//
// Exits 0 where all went well, and says what did not.
#include <libwebsockets.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kFragmentBytes = 10'000;
constexpr std::size_t kCompressedBytesMin = 256;  // deflate.min_bytes of sentix

void require(bool holds, const std::string& what) {
  if (!holds) {
    std::cerr << what << '\n';
    std::exit(1);
  }
}

struct Message {
  bool text;
  std::string payload;
};

// Where compression was agreed, libwebsockets 4.1 delivers a message twice that comes uncompressed (its issue 2794), so
// that only such are sent as come back compressed.
std::vector<Message> messages(bool deflate) {
  std::vector<Message> all;
  for (const std::size_t size : {1U, 125U, 126U, 9'999U, 65'535U, 65'536U, 1U << 20}) {
    if (deflate && size < kCompressedBytesMin) {
      continue;
    }
    std::string letters(size, ' ');
    for (std::size_t i = 0; i < size; ++i) {
      letters[i] = static_cast<char>('a' + i * i % 23);
    }
    all.push_back({true, letters});
    all.push_back({false, letters + '\xFF'});
  }
  return all;
}

// Sends a message in fragments, takes it back, goes on with the next.
struct Conversation {
  std::vector<Message> all;
  std::size_t at = 0;
  std::size_t sent = 0;
  std::string received{};
  bool closed = false;

  void write(lws* socket) {
    if (at == all.size() || sent == all[at].payload.size()) {
      return;  // libwebsockets calls for reasons of its own as well
    }
    const auto& [text, payload] = all[at];
    const std::size_t size = std::min(kFragmentBytes, payload.size() - sent);
    std::vector<unsigned char> room(LWS_PRE + size);
    std::memcpy(&room[LWS_PRE], payload.data() + sent, size);
    const int kind = text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY;
    const int flags = lws_write_ws_flags(kind, sent == 0 ? 1 : 0, sent + size == payload.size() ? 1 : 0);
    require(lws_write(socket, &room[LWS_PRE], size, static_cast<lws_write_protocol>(flags)) >= 0, "a write failed");
    sent += size;
    if (sent < payload.size()) {
      lws_callback_on_writable(socket);
    }
  }

  // False once all messages have come back.
  bool take(lws* socket, const void* data, std::size_t size) {
    received.append(static_cast<const char*>(data), size);
    if (lws_is_final_fragment(socket) == 0 || lws_remaining_packet_payload(socket) > 0) {
      return true;
    }
    require(received == all[at].payload && (lws_frame_is_binary(socket) == 0) == all[at].text,
            "a message of " + std::to_string(all[at].payload.size()) + " bytes came back changed");
    received.clear();
    sent = 0;
    if (++at == all.size()) {
      return false;
    }
    lws_callback_on_writable(socket);
    return true;
  }
};

int handle(lws* socket, lws_callback_reasons reason, void*, void* data, std::size_t size) {
  auto* conversation = static_cast<Conversation*>(lws_context_user(lws_get_context(socket)));
  switch (reason) {
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      require(false, data != nullptr ? static_cast<const char*>(data) : "no connection");
      break;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      lws_callback_on_writable(socket);
      break;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      conversation->write(socket);
      break;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      if (!conversation->take(socket, data, size)) {
        lws_close_reason(socket, LWS_CLOSE_STATUS_NORMAL, nullptr, 0);
        return -1;  // libwebsockets' way to say: close
      }
      break;
    case LWS_CALLBACK_CLIENT_CLOSED:
      conversation->closed = true;
      break;
    default:
      break;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 3, "usage: libwebsockets_client PORT plain|deflate");
  const bool deflate = std::string(argv[2]) == "deflate";
  lws_set_log_level(LLL_ERR, nullptr);

  Conversation conversation{.all = messages(deflate)};
  const std::array<lws_protocols, 2> protocols{{{"echo", handle, 0, 65'536, 0, nullptr, 0}, {}}};
  const std::array<lws_extension, 2> extensions{
      {{"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits"}, {}}};
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = protocols.data();
  info.extensions = deflate ? extensions.data() : nullptr;
  info.user = &conversation;
  lws_context* const context = lws_create_context(&info);
  require(context != nullptr, "libwebsockets did not start");

  lws_client_connect_info connect{};
  connect.context = context;
  connect.address = "127.0.0.1";
  connect.port = std::stoi(argv[1]);
  connect.path = "/";
  connect.host = "localhost";
  connect.local_protocol_name = "echo";
  require(lws_client_connect_via_info(&connect) != nullptr, "no connection");
  while (!conversation.closed && lws_service(context, 0) >= 0) {
  }
  lws_context_destroy(context);
  require(conversation.at == conversation.all.size(), "closed before all messages were back");
  return 0;
}
