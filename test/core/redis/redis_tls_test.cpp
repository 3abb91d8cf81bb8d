#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "test/core/redis/redis_client.h"
#include "test/support/test_certificate.h"

using namespace sentix;
using namespace std::chrono_literals;
using core::RedisReply;
using core::RedisUrl;
using State = core::RedisConnection::State;
using test::no_redis;
using test::RedisServer;
using Client = test::RedisClient;

namespace {

// Of certificates that sign themselves each is its own authority.
struct Certificates {
  test::TemporaryFolder folder;
  core::CertificateFiles server =
      test::make_certificate(folder, "server", {.alternative_names = "DNS:localhost,IP:127.0.0.1"});
  core::CertificateFiles client = test::make_certificate(folder, "client", {.common_name = "sentix"});

  [[nodiscard]] static std::vector<std::string> options(const core::CertificateFiles& shown, const std::string& clients,
                                                        const std::string& ca) {
    return {"--tls-cert-file",    shown.chain, "--tls-key-file",     shown.key,
            "--tls-auth-clients", clients,     "--tls-ca-cert-file", ca};
  }
};

RedisUrl tls_url_of(const RedisServer& server, const std::string& host = "127.0.0.1") {
  return {.tls = true, .endpoints = {{host, server.port()}}};
}

}  // namespace

TEST_CASE("by TLS a Redis that shows a good certificate is spoken to as any other") {
  if (no_redis()) {
    return;
  }
  const Certificates made;
  const RedisServer server(Certificates::options(made.server, "no", made.server.chain), "--tls-port");
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    CAPTURE(host);
    Client client(tls_url_of(server, host), test::kPatience, {.ca = made.server.chain});
    REQUIRE(client.until(State::ready));
    constexpr int kCommands = 10'000;
    int right = 0;
    int answers = 0;
    for (int i = 0; i < kCommands; ++i) {
      REQUIRE(client->send({"ECHO", std::to_string(i)}, [&, i](const RedisReply* reply) {
        ++answers;
        right += reply != nullptr && reply->text == std::to_string(i) ? 1 : 0;
      }));
    }
    REQUIRE(client.until([&answers] { return answers == kCommands; }));
    CHECK(right == kCommands);
    std::string large(5'000'000, '\0');  // more than a record, a buffer and a socket hold
    large.replace(1, 4, "\r\n$\xff");
    CHECK(client.ask({"SET", "large", large}).text == "OK");
    CHECK(client.ask({"GET", "large"}).text == large);
  }
}

TEST_CASE("a Redis that asks for a certificate gets ours, and without one we hear why not") {
  if (no_redis()) {
    return;
  }
  const Certificates made;
  const RedisServer server(Certificates::options(made.server, "yes", made.client.chain), "--tls-port");
  Client known(tls_url_of(server), test::kPatience, {.ca = made.server.chain, .certificate = made.client});
  CHECK(known.until(State::ready));
  Client unknown(tls_url_of(server), test::kPatience, {.ca = made.server.chain});
  CHECK(unknown.until([&] { return unknown.problem.find("certificate required") != std::string::npos; }));
}

TEST_CASE("whoever cannot show that it is our Redis is told nothing, and it is said why") {
  if (no_redis()) {
    return;
  }
  const Certificates made;
  const auto other = test::make_certificate(made.folder, "other", {.alternative_names = "DNS:other.example"});
  const auto expired = test::make_certificate(
      made.folder, "expired",
      {.alternative_names = "IP:127.0.0.1", .until = std::chrono::hours(-1), .from = std::chrono::hours(-2)});
  struct Row {
    core::CertificateFiles shown;
    std::string host;
    std::string ca;
    std::string why;
  };
  const std::string failed = "cannot connect: TLS has failed (certificate verify failed: ";
  const std::vector<Row> rows{
      {made.server, "127.0.0.1", made.client.chain, failed + "self-signed certificate)"},
      {made.server, "127.0.0.1", "", failed + "self-signed certificate)"},
      {other, "localhost", other.chain, failed + "hostname mismatch)"},
      {other, "127.0.0.1", other.chain, failed + "IP address mismatch)"},
      {expired, "127.0.0.1", expired.chain, failed + "certificate has expired)"},
      {made.server, "127.0.0.1", made.folder.path("none.pem"), "cannot connect: " + made.folder.path("none.pem")},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    const RedisServer server(Certificates::options(row.shown, "no", row.shown.chain), "--tls-port");
    RedisUrl url = tls_url_of(server, row.host);
    url.password = "topsecret";
    Client client(url, test::kPatience, {.ca = row.ca});
    CHECK(client.until([&] { return client.problem.starts_with(row.why); }));
    CAPTURE(client.problem);
    CHECK(std::count(client.states.begin(), client.states.end(), State::greeting) == 0);
  }
}

TEST_CASE("TLS to a port without it, and the reverse, are told as what they are") {
  if (no_redis()) {
    return;
  }
  const Certificates made;
  SUBCASE("TLS to a plain port, which is ended or not answered") {
    const RedisServer server;
    Client client(tls_url_of(server), 2s, {.ca = made.server.chain});
    CHECK(client.until([&] { return client.problem.find("TLS") != std::string::npos; }));
    CHECK(std::count(client.states.begin(), client.states.end(), State::greeting) == 0);
  }
  SUBCASE("plain to a port of TLS") {
    const RedisServer server(Certificates::options(made.server, "no", made.server.chain), "--tls-port");
    RedisUrl url = tls_url_of(server);
    url.tls = false;
    Client client(url);
    CHECK(client.until([&] { return client.problem.find("rediss://") != std::string::npos; }));
  }
}

TEST_CASE("a handshake may be given up at any moment of it") {
  if (no_redis()) {
    return;
  }
  const Certificates made;
  const RedisServer server(Certificates::options(made.server, "no", made.server.chain), "--tls-port");
  Client first(tls_url_of(server), test::kPatience, {.ca = made.server.chain});
  REQUIRE(first.until(State::ready));
  server.stop();  // the kernel still accepts for it
  Client client(tls_url_of(server), 2s, {.ca = made.server.chain});
  CHECK(client.until([&] { return client.problem == "the port answers nothing to TLS within 2000 ms"; }));
  { const Client gone(tls_url_of(server), test::kPatience, {.ca = made.server.chain}); }
  server.go_on();
  CHECK(client.until(State::ready));
}
