#include "core/redis/redis_url.h"

#include <doctest/doctest.h>

#include <string>

#include "test/support/guard_page.h"

using sentix::core::parse_redis_url;
using sentix::core::RedisUrl;
using Kind = RedisUrl::Kind;

namespace {

std::string refused(std::string_view text) {
  const auto parsed = parse_redis_url(text);
  CHECK_FALSE(parsed.url.has_value());
  return std::string(parsed.problem);
}

}  // namespace

TEST_CASE("a Redis URL says where the servers are and who we are to them") {
  const struct {
    std::string_view text;
    RedisUrl url;
  } kTable[] = {
      {"redis://127.0.0.1", {.endpoints = {{"127.0.0.1", 6379}}}},
      {"redis://cache.example:7000/", {.endpoints = {{"cache.example", 7000}}}},
      {"redis://h/3", {.endpoints = {{"h", 6379}}, .database = 3}},
      {"redis://[::1]", {.endpoints = {{"::1", 6379}}}},
      {"redis://[2001:db8::1]:7/2147483647", {.endpoints = {{"2001:db8::1", 7}}, .database = 0x7fff'ffff}},
      {"redis://:secret@h", {.endpoints = {{"h", 6379}}, .password = "secret"}},
      {"redis://ann@h", {.endpoints = {{"h", 6379}}, .user = "ann"}},
      {"redis://ann:a:b@h", {.endpoints = {{"h", 6379}}, .user = "ann", .password = "a:b"}},
      {"redis://ann:p@ss@h", {.endpoints = {{"h", 6379}}, .user = "ann", .password = "p@ss"}},
      {"redis://a%3An:%2f%40%25@h", {.endpoints = {{"h", 6379}}, .user = "a:n", .password = "/@%"}},
      {"rediss://h:65535", {.tls = true, .endpoints = {{"h", 65535}}}},
      {"redis+unix:///run/redis/r.sock", {.unix_path = "/run/redis/r.sock"}},
      {"redis+unix://u:p@/r%20s", {.unix_path = "/r s", .user = "u", .password = "p"}},
      {"redis+sentinel://a,b:1,[::1]/main/2",
       {.kind = Kind::sentinel,
        .endpoints = {{"a", 26379}, {"b", 1}, {"::1", 26379}},
        .master = "main",
        .database = 2}},
      {"rediss+sentinel://a/m%2F1",
       {.kind = Kind::sentinel, .tls = true, .endpoints = {{"a", 26379}}, .master = "m/1"}},
      {"redis+cluster://a,b", {.kind = Kind::cluster, .endpoints = {{"a", 6379}, {"b", 6379}}}},
      {"rediss+cluster://u:p@a/",
       {.kind = Kind::cluster, .tls = true, .endpoints = {{"a", 6379}}, .user = "u", .password = "p"}},
  };
  for (const auto& row : kTable) {
    CAPTURE(row.text);
    const auto parsed = parse_redis_url(row.text);
    CHECK(parsed.problem.empty());
    REQUIRE(parsed.url.has_value());
    CHECK(*parsed.url == row.url);
  }
}

TEST_CASE("what is no Redis URL is refused with a sentence about the part that is wrong") {
  for (const std::string_view text :
       {"", "redis", "redis:", "redis:/h", "://h", "http://h", "REDIS://h", "redis+udp://h", "rediss+unix:///p"}) {
    CAPTURE(text);
    CHECK(refused(text).starts_with("a Redis URL begins with"));
  }
  for (const std::string_view text :
       {"redis://h h", "redis://h?db=1", "redis://h#1", "redis://h\n", "redis://\xc3\xa4"}) {
    CAPTURE(text);
    CHECK(refused(text).find("printable") != std::string::npos);
  }
  for (const std::string_view text :
       {"redis://", "redis:///1", "redis://:6379", "redis://h:", "redis://h:0", "redis://h:65536", "redis://h:-1",
        "redis://h:1x", "redis://a,b", "redis://[::1", "redis://[::1]x", "redis://[::1]:", "redis://[]", "redis://[h]",
        "redis://::1", "redis://h_$", "redis+cluster://a,", "redis+cluster://,a", "redis+cluster://a,,b"}) {
    CAPTURE(text);
    CHECK(refused(text).starts_with("the servers of a Redis URL"));
  }
  for (const std::string_view text : {"redis://%@h", "redis://u:%4@h", "redis://u%00:p@h", "redis://u:%zz@h"}) {
    CAPTURE(text);
    CHECK(refused(text).starts_with("the user of a Redis URL"));
  }
  for (const std::string_view text : {"redis://h/x", "redis://h/-1", "redis://h/2147483648", "redis://h/1/",
                                      "redis://h//", "redis+sentinel://h/m/x"}) {
    CAPTURE(text);
    CHECK(refused(text).starts_with("the database of a Redis URL"));
  }
  CHECK(refused("redis+sentinel://h").starts_with("the URL of Sentinels"));
  CHECK(refused("redis+sentinel://h//1").starts_with("the URL of Sentinels"));
  CHECK(refused("redis+cluster://h/1").starts_with("a Redis Cluster has one database"));
  CHECK(refused("redis+unix://h/p").starts_with("the URL of a Redis on this machine"));
  CHECK(refused("redis+unix://").starts_with("the URL of a Redis on this machine"));
  CHECK(refused("redis+unix:///").starts_with("the URL of a Redis on this machine"));
}

TEST_CASE("the limits of a Redis URL are where they are said to be") {
  const std::string name(255, 'h');
  CHECK(parse_redis_url("redis://" + name).url.has_value());
  CHECK_FALSE(parse_redis_url("redis://" + name + "h").url.has_value());

  std::string many = "redis+cluster://h";
  for (int i = 1; i < 64; ++i) {
    many += ",h";
  }
  REQUIRE(parse_redis_url(many).url.has_value());
  CHECK(parse_redis_url(many).url->endpoints.size() == 64);
  CHECK_FALSE(parse_redis_url(many + ",h").url.has_value());

  const std::string user = "redis://" + std::string(4096 - 8 - 2, 'u') + "@h";
  CHECK(parse_redis_url(user).url.has_value());
  CHECK_FALSE(parse_redis_url(user + "h").url.has_value());
}

TEST_CASE("a password is in neither what is logged nor what is said of a mistake") {
  const auto parsed = parse_redis_url("rediss://ann:hunter2@[::1]:7/3");
  REQUIRE(parsed.url.has_value());
  CHECK(to_text(*parsed.url) == "rediss://ann@[::1]:7/3");
  for (const std::string_view text : {"hunter2", "hunter2://h", "redis://u:hunter2@", "redis://u:hunter2%@h",
                                      "redis://u:hunter2@h/x", "redis+unix://u:hunter2@h/p", "redis://u:hunter2@h?"}) {
    CAPTURE(text);
    CHECK(refused(text).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("what is cut off a Redis URL is not read") {
  constexpr std::string_view kWhole = "rediss+sentinel://a%20n:p%40@h.example:1,[2001:db8::1]:2/ma%2Fin/7";
  for (std::size_t size = 0; size <= kWhole.size(); ++size) {
    const sentix::test::GuardedBytes cut(kWhole.substr(0, size));
    const auto parsed = parse_redis_url(cut.text());
    CHECK(parsed.url.has_value() == parsed.problem.empty());
  }
}
