// Boost.Beast's WebSocket client against `sentix echo`: every message comes back, and closing is clean.
//
//   beast_client PORT plain|deflate
//
// Exits 0 where all went well, and says what did not.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = boost::asio::ip::tcp;

namespace {

void require(bool holds, const std::string& what) {
  if (!holds) {
    std::cerr << what << '\n';
    std::exit(1);
  }
}

std::string letters(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>('a' + i * i % 23);
  }
  return text;
}

void echo(websocket::stream<tcp::socket>& client, const std::string& message, bool text) {
  client.text(text);
  client.write(boost::asio::buffer(message));
  beast::flat_buffer received;
  client.read(received);
  require(client.got_text() == text && beast::buffers_to_string(received.data()) == message,
          "a message of " + std::to_string(message.size()) + " bytes came back changed");
}

void converse(const std::string& port, bool deflate) {
  boost::asio::io_context io;
  websocket::stream<tcp::socket> client(io);
  boost::asio::connect(client.next_layer(), tcp::resolver(io).resolve("127.0.0.1", port));

  websocket::permessage_deflate offer;
  offer.client_enable = deflate;
  client.set_option(offer);
  websocket::response_type response;
  client.handshake(response, "localhost", "/");
  require(response.count(beast::http::field::sec_websocket_extensions) == (deflate ? 1 : 0), "the wrong extensions");

  for (const bool fragments : {false, true}) {
    client.auto_fragment(fragments);
    client.write_buffer_bytes(1000);
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 1U << 20}) {
      echo(client, letters(size), true);
      echo(client, letters(size) + '\xFF', false);
    }
  }

  bool answered = false;
  client.control_callback([&answered](websocket::frame_type type, beast::string_view payload) {
    answered = answered || (type == websocket::frame_type::pong && payload == "are you there?");
  });
  client.ping("are you there?");
  echo(client, "behind the ping", true);
  require(answered, "a ping was not answered");

  client.close({websocket::close_code::going_away, "bye"});  // waits for the close frame, and throws without one
  require(client.reason().code == websocket::close_code::going_away, "another close code came back");
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 3, "usage: beast_client PORT plain|deflate");
  try {
    converse(argv[1], std::string(argv[2]) == "deflate");
  } catch (const std::exception& error) {
    require(false, error.what());
  }
  return 0;
}
