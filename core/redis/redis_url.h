#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::core {

// Where a Redis is, and who we are to it:
//
//   redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]                    one server; port 6379, database 0
//   redis+unix://[USER[:PASSWORD]@]/PATH                                one server on this machine
//   redis+sentinel://[…@]HOST[:PORT][,HOST[:PORT]…]/MASTER[/DATABASE]   Sentinels that know the master; port 26379
//   redis+cluster://[…@]HOST[:PORT][,HOST[:PORT]…]                      some of a Cluster's nodes; it has one database
//
// `rediss` in the place of `redis` is the same by TLS, but for a Unix path. `:PASSWORD@` without a user is that of the
// user `default`. Users, passwords, paths and names of masters are percent-encoded where RFC 3986 asks for it; an IPv6
// address stands in brackets.
struct RedisUrl {
  enum class Kind : std::uint8_t { standalone, sentinel, cluster };

  struct Endpoint {
    std::string host;  // an address, without brackets, or a name
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
  };

  Kind kind = Kind::standalone;
  bool tls = false;
  std::vector<Endpoint> endpoints = {};  // exactly one where standalone; none on a Unix path
  std::string unix_path = {};
  std::string user = {};      // empty: `default`
  std::string password = {};  // a secret; empty: nothing is asked for
  std::string master = {};    // that Sentinels are asked for
  std::uint32_t database = 0;

  friend bool operator==(const RedisUrl&, const RedisUrl&) = default;
};

struct ParsedRedisUrl {
  std::optional<RedisUrl> url;
  std::string_view problem;  // where there is none: a sentence that repeats nothing of the text, which may hold secrets
};

// Text of more than 4096 bytes, more than 64 endpoints or a name of a host over 255 bytes is no URL.
ParsedRedisUrl parse_redis_url(std::string_view text);

// For logs: a URL with everything but the password. It parses to the same, without that.
std::string to_text(const RedisUrl& url);

// HOST:PORT, with brackets around an IPv6 address.
std::string to_text(const RedisUrl::Endpoint& endpoint);

// Whether it can be the host of a Redis that another one has named: whether it is one that exists is for the resolver
// to say.
[[nodiscard]] bool is_redis_host(std::string_view text);

}  // namespace sentix::core
