// An echo server on Boost.Beast, one thread, no compression:  beast_echo PORT
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <memory>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {
    socket_.next_layer().set_option(tcp::no_delay(true));
    socket_.read_message_max(std::size_t{64} << 20);
    socket_.auto_fragment(false);
  }

  void start() {
    socket_.async_accept([self = shared_from_this()](beast::error_code error) {
      if (!error) {
        self->read();
      }
    });
  }

 private:
  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) {
        self->write();
      }
    });
  }

  void write() {
    socket_.text(socket_.got_text());
    socket_.async_write(buffer_.data(), [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) {
        self->buffer_.clear();
        self->read();
      }
    });
  }

  beast::websocket::stream<tcp::socket> socket_;
  beast::flat_buffer buffer_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
    if (!error) {
      std::make_shared<Session>(std::move(socket))->start();
    }
    accept(acceptor);
  });
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<unsigned short>(argc == 2 ? std::stoi(argv[1]) : 0);
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), port});
  accept(acceptor);
  context.run();
}
