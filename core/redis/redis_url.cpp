#include "core/redis/redis_url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "protocol/url_query.h"

namespace sentix::core {
namespace {

constexpr std::size_t kTextBytesMax = 4096;
constexpr std::size_t kEndpointsMax = 64;
constexpr std::size_t kHostBytesMax = 255;  // RFC 1035 §2.3.4
constexpr std::uint32_t kDatabaseMax = 0x7fff'ffff;

constexpr std::uint16_t kRedisPort = 6379;
constexpr std::uint16_t kSentinelPort = 26379;

struct Scheme {
  std::string_view name;
  RedisUrl::Kind kind;
  bool tls;
  bool unix_path;
};

constexpr std::array kSchemes{
    Scheme{"redis", RedisUrl::Kind::standalone, false, false},
    Scheme{"rediss", RedisUrl::Kind::standalone, true, false},
    Scheme{"redis+unix", RedisUrl::Kind::standalone, false, true},
    Scheme{"redis+sentinel", RedisUrl::Kind::sentinel, false, false},
    Scheme{"rediss+sentinel", RedisUrl::Kind::sentinel, true, false},
    Scheme{"redis+cluster", RedisUrl::Kind::cluster, false, false},
    Scheme{"rediss+cluster", RedisUrl::Kind::cluster, true, false},
};

ParsedRedisUrl refuse(std::string_view problem) {
  return {.url = std::nullopt, .problem = problem};
}

// Gives what stands before `mark` and takes it, with the mark, off `text`; nothing where there is no mark.
std::optional<std::string_view> take_before(std::string_view& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return before;
}

// Printable ASCII without what has a meaning in a URL: a query, a fragment, a space.
bool is_url_byte(char c) {
  return c > ' ' && c < '\x7f' && c != '?' && c != '#';
}

// Decoded, and without a zero, which no path and no name of a user has; nullopt where it cannot be.
std::optional<std::string> decoded(std::string_view text) {
  auto result = protocol::percent_decoded(text);
  return result && result->find('\0') == std::string::npos ? result : std::nullopt;
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value <= max ? std::optional(value) : std::nullopt;
}

// The letters of names and addresses; whether it is one that exists is for the resolver to say.
bool is_host(std::string_view text, bool bracketed) {
  const auto fits = [bracketed](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '.' || (bracketed ? c == ':' : c == '-' || c == '_');
  };
  return !text.empty() && text.size() <= kHostBytesMax && std::all_of(text.begin(), text.end(), fits) &&
         bracketed == (text.find(':') != std::string_view::npos);
}

// HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.
std::optional<RedisUrl::Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  const bool bracketed = text.starts_with('[');
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (bracketed) {
    text.remove_prefix(1);
    const auto inside = take_before(text, "]");
    if (!inside || (!text.empty() && text.front() != ':')) {
      return std::nullopt;
    }
    host = *inside;
    if (!text.empty()) {
      port = text.substr(1);
    }
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto value = port ? number(*port, 0xffff) : default_port;
  if (!is_host(host, bracketed) || !value || *value == 0) {
    return std::nullopt;
  }
  return RedisUrl::Endpoint{std::string(host), static_cast<std::uint16_t>(*value)};
}

bool parse_endpoints(std::string_view text, std::uint16_t default_port, RedisUrl& url) {
  while (url.endpoints.size() < kEndpointsMax) {
    const auto one = take_before(text, ",");
    auto endpoint = parse_endpoint(one.value_or(text), default_port);
    if (!endpoint) {
      return false;
    }
    url.endpoints.push_back(std::move(*endpoint));
    if (!one) {
      return url.kind != RedisUrl::Kind::standalone || url.endpoints.size() == 1;
    }
  }
  return false;
}

// USER (one that needs no password), USER:PASSWORD or :PASSWORD.
bool parse_user(std::string_view text, RedisUrl& url) {
  std::string_view password = text;
  const auto before = take_before(password, ":");
  auto user = decoded(before.value_or(text));
  auto secret = decoded(before ? password : std::string_view());
  if (!user || !secret) {
    return false;
  }
  url.user = std::move(*user);
  url.password = std::move(*secret);
  return true;
}

// What follows the endpoints, from its '/' on: /DATABASE, or /MASTER[/DATABASE] of Sentinels. Empty where it is good.
std::string_view parse_path(std::string_view path, RedisUrl& url) {
  if (path.starts_with('/')) {
    path.remove_prefix(1);
  }
  if (url.kind == RedisUrl::Kind::sentinel) {
    const auto before = take_before(path, "/");
    auto master = decoded(before.value_or(path));
    if (!master || master->empty()) {
      return "the URL of Sentinels ends with the name of the master that they watch: redis+sentinel://HOST/MASTER";
    }
    url.master = std::move(*master);
    path = before ? path : std::string_view();
  }
  if (path.empty()) {
    return {};
  }
  if (url.kind == RedisUrl::Kind::cluster) {
    return "a Redis Cluster has one database, so its URL has no path";
  }
  const auto database = number(path, kDatabaseMax);
  if (!database) {
    return "the database of a Redis URL is a number: redis://HOST/0";
  }
  url.database = *database;
  return {};
}

void append_encoded(std::string& out, std::string_view text, std::string_view also_kept = {}) {
  constexpr std::string_view kKept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (kKept.find(c) != std::string_view::npos || also_kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

}  // namespace

ParsedRedisUrl parse_redis_url(std::string_view text) {
  if (text.size() > kTextBytesMax || !std::all_of(text.begin(), text.end(), is_url_byte)) {
    return refuse("a Redis URL has up to 4096 printable characters, and neither a query nor a fragment");
  }
  const auto name = take_before(text, "://");
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& s) { return name == s.name; });
  if (scheme == kSchemes.end()) {
    return refuse(
        "a Redis URL begins with redis://, rediss:// (TLS), redis+unix://, redis+sentinel:// or redis+cluster://");
  }
  RedisUrl url{.kind = scheme->kind, .tls = scheme->tls};
  const std::string_view authority = text.substr(0, text.find('/'));
  std::string_view path = text.substr(authority.size());
  // The last '@' ends the user, so that a password with a '@' that nobody has encoded is taken for what it is meant as.
  const std::size_t at = authority.rfind('@');
  const std::string_view hosts = at == std::string_view::npos ? authority : authority.substr(at + 1);
  if (at != std::string_view::npos && !parse_user(authority.substr(0, at), url)) {
    return refuse("the user of a Redis URL is USER:PASSWORD@ or :PASSWORD@, percent-encoded");
  }
  if (scheme->unix_path) {
    auto unix_path = decoded(path);
    if (!hosts.empty() || !unix_path || unix_path->size() < 2) {
      return refuse("the URL of a Redis on this machine is redis+unix:///PATH");
    }
    url.unix_path = std::move(*unix_path);
    return {.url = std::move(url), .problem = {}};
  }
  const std::uint16_t port = url.kind == RedisUrl::Kind::sentinel ? kSentinelPort : kRedisPort;
  if (!parse_endpoints(hosts, port, url)) {
    return refuse("the servers of a Redis URL are HOST or HOST:PORT; of Sentinels and a Cluster up to 64, with commas");
  }
  if (const std::string_view problem = parse_path(path, url); !problem.empty()) {
    return refuse(problem);
  }
  return {.url = std::move(url), .problem = {}};
}

std::string to_text(const RedisUrl& url) {
  const auto same = [&url](const Scheme& scheme) {
    return scheme.kind == url.kind && scheme.tls == url.tls && scheme.unix_path == !url.unix_path.empty();
  };
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(), same);
  std::string text(scheme == kSchemes.end() ? "redis" : scheme->name);
  text += "://";
  if (!url.user.empty()) {
    append_encoded(text, url.user);
    text += '@';
  }
  append_encoded(text, url.unix_path, "/");
  for (const RedisUrl::Endpoint& endpoint : url.endpoints) {
    text += &endpoint == &url.endpoints.front() ? "" : ",";
    text += to_text(endpoint);
  }
  if (!url.master.empty()) {
    text += '/';
    append_encoded(text, url.master);
  }
  if (url.database != 0) {
    text += '/';
    text += std::to_string(url.database);
  }
  return text;
}

std::string to_text(const RedisUrl::Endpoint& endpoint) {
  const bool ipv6 = endpoint.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ':' + std::to_string(endpoint.port);
}

bool is_redis_host(std::string_view text) {
  return !text.empty() && text.size() <= kHostBytesMax && text.find('\0') == std::string_view::npos;
}

}  // namespace sentix::core
