// An echo server on libwebsockets, one thread, no compression:  libwebsockets_echo PORT
#include <libwebsockets.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kReceiveBytes = std::size_t{64} * 1024;
constexpr std::size_t kWaitingMax = 64;  // messages; then the connection is not read from for a while

struct Message {
  std::vector<unsigned char> bytes;  // LWS_PRE bytes of room, then the payload
  bool binary;
};

// libwebsockets hands over memory of this size per connection, cleared, and wants one message a callback.
struct Connection {
  std::deque<Message>* waiting;
  std::vector<unsigned char>* arriving;
  bool paused;
};

void receive(lws* socket, Connection& connection, const unsigned char* bytes, std::size_t size) {
  auto& arriving = *connection.arriving;
  if (arriving.empty()) {
    arriving.resize(LWS_PRE);
  }
  arriving.insert(arriving.end(), bytes, bytes + size);
  if (lws_is_final_fragment(socket) == 0 || lws_remaining_packet_payload(socket) != 0) {
    return;
  }
  connection.waiting->push_back({std::move(arriving), lws_frame_is_binary(socket) != 0});
  arriving = {};
  if (connection.waiting->size() > kWaitingMax) {
    connection.paused = true;
    lws_rx_flow_control(socket, 0);
  }
  lws_callback_on_writable(socket);
}

int send_one(lws* socket, Connection& connection) {
  if (connection.waiting->empty()) {
    return 0;
  }
  Message message = std::move(connection.waiting->front());
  connection.waiting->pop_front();
  const std::size_t size = message.bytes.size() - LWS_PRE;
  const auto kind = message.binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
  if (lws_write(socket, message.bytes.data() + LWS_PRE, size, kind) < static_cast<int>(size)) {
    return -1;
  }
  if (!connection.waiting->empty()) {
    lws_callback_on_writable(socket);
  } else if (connection.paused) {
    connection.paused = false;
    lws_rx_flow_control(socket, 1);
  }
  return 0;
}

int on_event(lws* socket, lws_callback_reasons reason, void* user, void* bytes, std::size_t size) {
  auto* connection = static_cast<Connection*>(user);
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      connection->waiting = new std::deque<Message>;
      connection->arriving = new std::vector<unsigned char>;
      return 0;
    case LWS_CALLBACK_CLOSED:
      delete connection->waiting;
      delete connection->arriving;
      return 0;
    case LWS_CALLBACK_RECEIVE:
      receive(socket, *connection, static_cast<const unsigned char*>(bytes), size);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return send_one(socket, *connection);
    default:
      return 0;
  }
}

}  // namespace

int main(int argc, char** argv) {
  lws_set_log_level(LLL_ERR, nullptr);
  lws_protocols echo{};
  echo.name = "echo";
  echo.callback = on_event;
  echo.per_session_data_size = sizeof(Connection);
  echo.rx_buffer_size = kReceiveBytes;
  const lws_protocols protocols[] = {echo, lws_protocols{}};
  lws_context_creation_info info{};
  info.port = argc == 2 ? std::stoi(argv[1]) : 0;
  info.iface = "127.0.0.1";
  info.protocols = protocols;
  lws_context* context = lws_create_context(&info);
  while (context != nullptr && lws_service(context, 0) >= 0) {
  }
  return 1;
}
