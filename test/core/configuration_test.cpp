#include "core/configuration.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace sentix;
using core::Address;
using core::Configuration;

namespace {

Address at(const char* ip) {
  return {.ip = protocol::parse_ip(ip).value(), .port = 1, .family = Address::Family::ip};
}

}  // namespace

TEST_CASE("allow and deny decide who is admitted, and trusted proxies always are") {
  core::Options options;
  options.allow = {"192.0.2.0/24", "2001:db8::/32"};
  options.deny = {"192.0.2.66"};
  options.trusted_proxies = {"10.0.0.1"};
  const Configuration configuration(options);
  CHECK(configuration.admits(at("192.0.2.1")));
  CHECK(configuration.admits(at("::ffff:192.0.2.1")));
  CHECK(configuration.admits(at("2001:db8::1")));
  CHECK(configuration.admits(at("10.0.0.1")));
  CHECK_FALSE(configuration.admits(at("192.0.2.66")));
  CHECK_FALSE(configuration.admits(at("10.0.0.2")));
  CHECK(configuration.admits({.ip = {}, .port = 0, .family = Address::Family::unix_socket}));
}

TEST_CASE("nobody is trusted but who is listed, and Unix sockets by their name") {
  const Address local{.ip = {}, .port = 0, .family = Address::Family::unix_socket};
  core::Options options;
  CHECK_FALSE(Configuration(options).trusts(at("127.0.0.1")));
  CHECK_FALSE(Configuration(options).trusts(local));
  options.trusted_proxies = {"127.0.0.0/8", "unix"};
  CHECK(Configuration(options).trusts(at("127.0.0.1")));
  CHECK(Configuration(options).trusts(local));
  CHECK_FALSE(Configuration(options).trusts(at("192.0.2.1")));
}

TEST_CASE("what is no network, and what is no origin, is told by its setting") {
  const auto error_of = [](core::Options options) {
    try {
      const Configuration configuration(std::move(options));
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(error_of({}).empty());
  core::Options options;
  options.deny = {"192.0.2.1/24"};
  CHECK(error_of(options).starts_with("deny: \"192.0.2.1/24\" has bits set"));
  options.deny.clear();
  options.allow = {"unix"};
  CHECK(error_of(options).starts_with("allow: \"unix\" is no address"));
  options.allow.clear();
  options.origins = {"example.com"};
  CHECK(error_of(options).starts_with("origins: \"example.com\" is no origin"));
}

TEST_CASE("where certificates tell who a client is, foreign pages may not connect unless they are listed") {
  core::Options options;
  options.tls.certificates.push_back({.chain = "/c", .key = "/k"});
  CHECK_FALSE(Configuration(options).handshake.same_origin);
  options.tls.client_certificates = core::ClientCertificates::optional;
  CHECK(Configuration(options).handshake.same_origin);
}
