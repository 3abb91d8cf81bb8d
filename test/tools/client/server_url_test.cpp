#include "tools/sentix/client/server_url.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace sentix::tools {
namespace {

std::string problem_of(const std::string& url) {
  try {
    static_cast<void>(parse_server_url(url));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

TEST_CASE("a URL in its parts") {
  const ServerUrl url = parse_server_url("wss://chat.example.com/ws?room=1");
  CHECK(url.tls);
  CHECK(url.host == "chat.example.com");
  CHECK(url.port == 443);
  CHECK(url.authority == "chat.example.com");
  CHECK(url.target == "/ws?room=1");
  const ServerUrl ipv6 = parse_server_url("ws://[::1]:9000");
  CHECK_FALSE(ipv6.tls);
  CHECK(ipv6.host == "::1");
  CHECK(ipv6.port == 9000);
  CHECK(ipv6.authority == "[::1]:9000");
  CHECK(ipv6.target == "/");
  CHECK(parse_server_url("http://a").port == 80);
  CHECK(parse_server_url("https://a").tls);
  CHECK(parse_server_url("unix:/run/sentix.sock").socket_path == "/run/sentix.sock");
}

TEST_CASE("what is wrong with a URL is told") {
  CHECK(problem_of("chat.example.com") ==
        "chat.example.com: not one of ws://HOST[:PORT][/PATH], wss:// and unix:/PATH");
  CHECK(problem_of("ws:///") == "ws:///: \"\" is not HOST[:PORT]");
  CHECK(problem_of("ws://a:0/") == "ws://a:0/: a port is a number from 1 to 65535");
  CHECK(problem_of("ws://a:65536").ends_with("a port is a number from 1 to 65535"));
  CHECK(problem_of("ws://a/b c").ends_with("a path has neither spaces nor control characters nor a fragment"));
  CHECK(problem_of("ws://a/b\r\nc").ends_with("a path has neither spaces nor control characters nor a fragment"));
  CHECK(problem_of("ws://a/#b").ends_with("a path has neither spaces nor control characters nor a fragment"));
}

TEST_CASE("where a server can be reached from its own machine") {
  Settings settings;
  settings.server.port = 9000;
  CHECK(url_of(settings).text == "ws://127.0.0.1:9000/");
  settings.server.host = "0.0.0.0";
  CHECK(url_of(settings).text == "ws://127.0.0.1:9000/");
  settings.server.host = "::";
  CHECK(url_of(settings).text == "ws://[::1]:9000/");
  settings.ssl_cert_path = settings.ssl_key_path = "a.pem";
  settings.ssl = true;
  CHECK(url_of(settings).text == "wss://[::1]:9000/");
  settings.server.host = "unix:/run/sentix.sock";
  CHECK(url_of(settings).socket_path == "/run/sentix.sock");
}

}  // namespace
}  // namespace sentix::tools
