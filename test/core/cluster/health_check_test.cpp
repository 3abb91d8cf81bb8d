#include "core/cluster/health_check.h"

#include <doctest/doctest.h>

using sentix::core::trouble_of;

TEST_CASE("what an answer of an admin listener means") {
  CHECK(trouble_of("HTTP/1.1 200 OK\r\n\r\n{}").empty());
  CHECK(trouble_of("HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\n"
                   R"({"code":"unavailable","message":"Redis is away."})") == "Redis is away.");
  CHECK(trouble_of("HTTP/1.1 500 Oh\r\n\r\nno json") == "the answer is 500");
  CHECK(trouble_of("HTTP/1.1 403 No") == "the answer is 403");
  for (const char* wrong : {"", "HTTP/1.1 20", "SSH-2.0-OpenSSH_9.2"}) {
    CHECK(trouble_of(wrong) == "the answer is no HTTP");
  }
}
