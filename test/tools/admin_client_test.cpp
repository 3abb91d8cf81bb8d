#include "tools/sentix/admin_client.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using sentix::tools::answer_of;

TEST_CASE("an answer is its body, an error its sentence") {
  CHECK(answer_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") == "{}");
  const std::string error =
      "HTTP/1.1 404 Not Found\r\n\r\n"
      R"({"code":"c","message":"There is \"no\"."})";
  CHECK_THROWS_WITH_AS(static_cast<void>(answer_of(error)), "There is \"no\".", std::runtime_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(answer_of("HTTP/1.1 502 Bad Gateway\r\n\r\nfrom a proxy")), "from a proxy",
                       std::runtime_error);
  for (const char* foreign : {"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 "}) {
    CAPTURE(foreign);
    CHECK_THROWS_WITH_AS(static_cast<void>(answer_of(foreign)), "whoever answers there is no admin listener of sentix",
                         std::runtime_error);
  }
}
