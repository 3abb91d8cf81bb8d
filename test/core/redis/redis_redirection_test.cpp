#include "core/redis/redis_redirection.h"

#include <doctest/doctest.h>

#include <string>

#include "test/support/guard_page.h"

using namespace sentix;
using core::RedisRedirection;
using core::RedisUrl;
using Kind = RedisRedirection::Kind;

namespace {

std::optional<RedisRedirection> parse(std::string_view error) {
  const test::GuardedBytes guarded(std::as_bytes(std::span(error)));
  return core::parse_redis_redirection({reinterpret_cast<const char*>(guarded.span().data()), guarded.span().size()},
                                       "asked");
}

}  // namespace

TEST_CASE("redirections are read as a Cluster's nodes write them") {
  struct Case {
    const char* error;
    Kind kind;
    std::uint16_t slot;
    RedisUrl::Endpoint endpoint;
  };
  for (const Case& one : {
           Case{"MOVED 3999 127.0.0.1:6381", Kind::moved, 3999, {"127.0.0.1", 6381}},
           Case{"ASK 0 127.0.0.1:6381", Kind::ask, 0, {"127.0.0.1", 6381}},
           Case{"MOVED 16383 redis-2.example:65535", Kind::moved, 16383, {"redis-2.example", 65535}},
           Case{"MOVED 1 ::1:6381", Kind::moved, 1, {"::1", 6381}},
           Case{"MOVED 1 :6381", Kind::moved, 1, {"asked", 6381}},  // cluster-preferred-endpoint-type unknown-endpoint
           Case{"MOVED 1 ?:6381", Kind::moved, 1, {"asked", 6381}},
           Case{"TRYAGAIN Multiple keys request during rehashing of slot", Kind::again, 0, {}},
           Case{"CLUSTERDOWN Hash slot not served", Kind::again, 0, {}},
           Case{"CLUSTERDOWN", Kind::again, 0, {}},
       }) {
    CAPTURE(one.error);
    const auto read = parse(one.error);
    REQUIRE(read);
    CHECK(read->kind == one.kind);
    CHECK(read->slot == one.slot);
    CHECK(read->endpoint == one.endpoint);
  }
}

TEST_CASE("other errors are no redirections, nor is one that is cut before its port") {
  const std::string whole = "MOVED 3999 127.0.0.1:6381";
  for (std::size_t size = 0; size <= whole.find(':'); ++size) {
    CHECK_FALSE(parse(whole.substr(0, size)));
  }
  for (const char* error : {
           "ERR no such key",
           "NOSCRIPT No matching script.",
           "MOVEDX 1 127.0.0.1:6381",
           "MOVED  1 127.0.0.1:6381",
           "MOVED 16384 127.0.0.1:6381",  // no slot
           "MOVED -1 127.0.0.1:6381",     // nor this
           "MOVED 1x 127.0.0.1:6381",     // nor this
           "MOVED 1 127.0.0.1:0",         // no port
           "MOVED 1 127.0.0.1:65536",     // nor this
           "MOVED 1 127.0.0.1:63 81",     // nor this
           "MOVED 1:2",
           "ASK",
           "TRYAGAINX",
       }) {
    CAPTURE(error);
    CHECK_FALSE(parse(error));
  }
  CHECK_FALSE(parse("MOVED 1 " + std::string(256, 'a') + ":1"));
  CHECK_FALSE(parse(std::string_view("MOVED 1 a\0b:1", 13)));
}
