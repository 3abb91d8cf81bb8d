#include "tools/sentix/client/server_url.h"

#include <array>
#include <stdexcept>

#include "protocol/request_target.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/units.h"

namespace sentix::tools {

namespace {

constexpr std::uint64_t kPortMax = 65'535;
constexpr std::string_view kUnix = "unix:";

struct Scheme {
  std::string_view prefix;
  bool tls;
  std::uint16_t port;
};
constexpr std::array<Scheme, 4> kSchemes{
    {{"ws://", false, 80}, {"wss://", true, 443}, {"http://", false, 80}, {"https://", true, 443}}};

const Scheme& scheme_of(std::string_view text) {
  for (const Scheme& scheme : kSchemes) {
    if (text.starts_with(scheme.prefix)) {
      return scheme;
    }
  }
  throw std::invalid_argument("not one of ws://HOST[:PORT][/PATH], wss:// and unix:/PATH");
}

ServerUrl parse(std::string_view text) {
  ServerUrl url;
  url.text = text;
  if (text.starts_with(kUnix)) {
    url.socket_path = text.substr(kUnix.size());
    return url;
  }
  const Scheme& scheme = scheme_of(text);
  const std::string_view rest = text.substr(scheme.prefix.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  url.tls = scheme.tls;
  url.authority = rest.substr(0, slash);
  auto [host, port] = split_authority(url.authority);
  url.host = std::move(host);
  url.port = port.value_or(scheme.port);
  url.target = slash < rest.size() ? rest.substr(slash) : "/";
  for (const char c : url.target) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '#' || c == '\x7F') {
      throw std::invalid_argument("a path has neither spaces nor control characters nor a fragment");
    }
  }
  return url;
}

}  // namespace

ServerUrl parse_server_url(std::string_view text) {
  try {
    return parse(text);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string(text) + ": " + error.what());
  }
}

ServerUrl url_of(const Settings& settings) {
  const core::Options& server = settings.server;
  if (server.host.starts_with(kUnix)) {
    return parse_server_url(server.host);
  }
  const bool anywhere = server.host == "0.0.0.0" || server.host == "::";
  const std::string host = !anywhere ? server.host : server.host == "::" ? "::1" : "127.0.0.1";
  const std::string scheme = tls_options(settings).enabled() ? "wss://" : "ws://";
  return parse_server_url(scheme + join_authority(host, server.port) + "/");
}

HostAndPort split_authority(std::string_view authority) {
  if (!protocol::is_host_and_port(authority)) {
    throw std::invalid_argument("\"" + std::string(authority) + "\" is not HOST[:PORT]");
  }
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  std::string_view host = authority.substr(0, has_port ? colon : authority.size());
  if (host.starts_with('[')) {  // an IPv6 address; resolvers want it without its brackets
    host = host.substr(1, host.size() - 2);
  }
  if (!has_port) {
    return {.host = std::string(host), .port = std::nullopt};
  }
  const auto port = parse_number(authority.substr(colon + 1));
  if (!port || *port == 0 || *port > kPortMax) {
    throw std::invalid_argument("a port is a number from 1 to " + std::to_string(kPortMax));
  }
  return {.host = std::string(host), .port = static_cast<std::uint16_t>(*port)};
}

std::string join_authority(std::string_view host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return (ipv6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port);
}

}  // namespace sentix::tools
