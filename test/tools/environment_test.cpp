#include "tools/sentix/environment.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "tools/sentix/settings_table.h"

using namespace sentix::tools;
using std::chrono::milliseconds;

namespace {

struct Applied {
  Settings settings;
  Report report;
};

Applied from_environment(const Environment& environment) {
  Applied applied;
  apply_environment(environment, applied.settings, applied.report);
  return applied;
}

Applied from_file(std::string_view text, bool named_by_user = true, const Environment& environment = {}) {
  Applied applied;
  apply_env_file(text, ".env", named_by_user, environment, applied.settings, applied.report);
  return applied;
}

}  // namespace

TEST_CASE("every variable of the contract is known") {
  for (const char* name : {"HOST", "PORT", "ENABLED", "MAX_CLIENTS", "PING_INTERVAL", "DEBUG", "AUTH_ENABLED",
                           "DATA_DIR", "SSL", "SSL_CERT_PATH", "SSL_CERT", "SSL_KEY_PATH", "SSL_KEY", "LOG_CHANNEL",
                           "LOG_PATH", "ERROR_LOG", "ADMIN", "ADMIN_TOKEN", "REDIS_URL"}) {
    CAPTURE(name);
    CHECK(from_environment({{std::string("WEBSOCKET_") + name, ""}}).report.warnings.empty());
  }
}

TEST_CASE("variables set what they name") {
  const auto [settings, report] = from_environment({{"WEBSOCKET_PORT", "9000"},
                                                    {"WEBSOCKET_PING_INTERVAL", "15"},
                                                    {"WEBSOCKET_AUTH_ENABLED", "yes"},
                                                    {"WEBSOCKET_SSL_CERT", "/cert"},
                                                    {"WEBSOCKET_ORIGINS", "https://a, https://b"},
                                                    {"PORT", "1"}});
  CHECK(report.problems.empty());
  CHECK(report.warnings.empty());
  CHECK(settings.server.port == 9000);
  CHECK(settings.server.ping_interval == milliseconds(15'000));
  CHECK(settings.server.policy.auth_enabled);
  CHECK(settings.ssl_cert_path == "/cert");
  CHECK(settings.server.origins == std::vector<std::string>{"https://a", "https://b"});
  CHECK(place_text(source_of(settings, "port")) == "environment");
  CHECK(source_of(settings, "ssl_cert_path").name == "WEBSOCKET_SSL_CERT");
}

TEST_CASE("the first of two names wins") {
  const auto [settings, report] =
      from_environment({{"WEBSOCKET_SSL_CERT", "/other"}, {"WEBSOCKET_SSL_CERT_PATH", "/first"}});
  CHECK(settings.ssl_cert_path == "/first");
}

TEST_CASE("empty and null mean unset") {
  for (const char* text : {"", "null", "NULL"}) {
    const auto [settings, report] = from_environment({{"WEBSOCKET_PORT", text}, {"WEBSOCKET_ERROR_LOG", text}});
    CHECK(report.problems.empty());
    CHECK(settings.sources.empty());
    CHECK(settings.server.port == 8080);
  }
}

TEST_CASE("a wrong value names the variable") {
  const Report report = from_environment({{"WEBSOCKET_PORT", "http"}, {"WEBSOCKET_DEBUG", "maybe"}}).report;
  REQUIRE(report.problems.size() == 2);
  CHECK(to_string(report.problems[0]) == "environment: WEBSOCKET_PORT: \"http\" is not a whole number from 0 to 65535");
  CHECK(to_string(report.problems[1]) ==
        "environment: WEBSOCKET_DEBUG: \"maybe\" is not a boolean: true or false, 1 or 0, yes or no, on or off");
}

TEST_CASE("a wrong secret is not shown") {
  const Report report = from_environment({{"WEBSOCKET_ADMIN_TOKEN", "hunter2\x01"}}).report;
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].message.find("hunter2") == std::string::npos);
}

TEST_CASE("an unknown variable of ours is warned about with the nearest known one") {
  const auto [settings, report] = from_file("APP_KEY=x\nWEBSOCKET_PROT=1\n");
  CHECK(report.problems.empty());
  REQUIRE(report.warnings.size() == 1);
  CHECK(to_string(report.warnings[0]) ==
        ".env:2: WEBSOCKET_PROT: no setting has this name (did you mean \"WEBSOCKET_PORT\"?)");
}

TEST_CASE("a .env file says where a value stands, and the last of several counts") {
  const auto [settings, report] = from_file("WEBSOCKET_PORT=1\nWEBSOCKET_MAX_CLIENTS=x\nWEBSOCKET_PORT=2\n");
  CHECK(settings.server.port == 2);
  CHECK(place_text(source_of(settings, "port")) == ".env:3");
  REQUIRE(report.problems.size() == 1);
  CHECK(to_string(report.problems[0]) ==
        ".env:2: WEBSOCKET_MAX_CLIENTS: \"x\" is not a whole number from 0 to 1000000000");
}

TEST_CASE("references in a .env file see the environment") {
  CHECK(from_file("WEBSOCKET_PORT=${BASE}1\n", true, {{"BASE", "900"}}).settings.server.port == 9001);
}

TEST_CASE("what is wrong in another program's lines stops nothing, unless the file was meant for us") {
  constexpr std::string_view kText = "APP=two words\nWEBSOCKET_PORT=7\n";
  CHECK(from_file(kText, true).report.problems.size() == 1);
  const auto [settings, report] = from_file(kText, false);
  CHECK(report.problems.empty());
  CHECK(report.warnings.size() == 1);
  CHECK(settings.server.port == 7);
  CHECK(from_file("WEBSOCKET_HOST=two words\n", false).report.problems.size() == 1);
}

TEST_CASE("the process's environment is copied") {
  setenv("SENTIX_TEST_VARIABLE", "a=b", 1);
  CHECK(process_environment().at("SENTIX_TEST_VARIABLE") == "a=b");
}
