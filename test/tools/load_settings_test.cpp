#include "tools/sentix/load_settings.h"

#include <doctest/doctest.h>

#include <array>

#include "test/support/temporary_folder.h"
#include "tools/sentix/settings_rules.h"

using namespace sentix::tools;
using sentix::test::TemporaryFolder;

namespace {

// The sources, from the weakest; each sets the port to its own number.
enum SourceBit : unsigned { config = 1, env_file = 2, environment = 4, flag = 8 };

SettingsInput input_of(unsigned sources, const TemporaryFolder& folder) {
  SettingsInput input;
  if ((sources & config) != 0) {
    input.config_path = folder.write("c.toml", "port = 1\n");
  }
  if ((sources & env_file) != 0) {
    input.env_file_path = folder.write("e.env", "WEBSOCKET_PORT=2\n");
  }
  if ((sources & environment) != 0) {
    input.environment["WEBSOCKET_PORT"] = "4";
  }
  if ((sources & flag) != 0) {
    input.flags.push_back({find_setting("port"), "8"});
  }
  return input;
}

std::vector<std::string> problems(const SettingsInput& input) {
  std::vector<std::string> lines;
  for (const Problem& problem : load_settings(input).report.problems) {
    lines.push_back(to_string(problem));
  }
  return lines;
}

SettingsInput with_flags(std::initializer_list<std::pair<const char*, const char*>> flags) {
  SettingsInput input;
  for (const auto& [key, text] : flags) {
    input.flags.push_back({find_setting(key), text});
  }
  return input;
}

}  // namespace

TEST_CASE("of any sources the strongest has the last word") {
  const TemporaryFolder folder;
  for (unsigned sources = 0; sources < 16; ++sources) {
    CAPTURE(sources);
    const auto [settings, report] = load_settings(input_of(sources, folder));
    unsigned strongest = 8;
    while (strongest > 0 && (sources & strongest) == 0) {
      strongest /= 2;
    }
    CHECK(report.problems.empty());
    CHECK(settings.server.port == (strongest == 0 ? 8080 : strongest));
    const std::array<std::string, 9> places{
        "default",     folder.path("c.toml") + ":1", folder.path("e.env") + ":1", "", "environment", "", "", "",
        "command line"};
    CHECK(place_text(source_of(settings, "port")) == places[strongest]);
  }
}

TEST_CASE("a variable that is unset leaves the word to what is weaker") {
  const TemporaryFolder folder;
  SettingsInput input = input_of(config | env_file, folder);
  input.environment["WEBSOCKET_PORT"] = "null";
  CHECK(load_settings(input).settings.server.port == 2);
}

TEST_CASE("what is wrong in a weaker source is a problem nonetheless") {
  const TemporaryFolder folder;
  SettingsInput input = input_of(flag, folder);
  input.config_path = folder.write("bad.toml", "\nport = \"x\"\n");
  input.env_file_path = folder.write("bad.env", "WEBSOCKET_PORT=y\n");
  const auto lines = problems(input);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with(folder.path("bad.toml") + ":2: port: "));
  CHECK(lines[1].starts_with(folder.path("bad.env") + ":1: WEBSOCKET_PORT: \"y\" "));
}

TEST_CASE("a file that was named must be there") {
  const TemporaryFolder folder;
  SettingsInput input;
  input.config_path = folder.path("none.toml");
  input.env_file_path = folder.path("");
  CHECK(problems(input) ==
        std::vector<std::string>{folder.path("none.toml") + ": cannot be read: No such file or directory",
                                 folder.path("") + ": cannot be read: Is a directory"});
}

TEST_CASE("a file that has no end is not read for ever") {
  SettingsInput input;
  input.config_path = "/dev/zero";
  CHECK(problems(input) == std::vector<std::string>{"/dev/zero: cannot be read: it is larger than 1 MiB"});
}

TEST_CASE("a page is served on a loopback address, unless told otherwise") {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"}) {
    CAPTURE(host);
    CHECK(load_settings(with_flags({{"host", host}})).settings.page == "chat");
  }
  for (const char* host : {"0.0.0.0", "::", "[::]", "[]", "192.168.0.1", "example.com", "unix:/tmp/x", "128.0.0.1"}) {
    CAPTURE(host);
    CHECK(load_settings(with_flags({{"host", host}})).settings.page == "none");
  }
  CHECK(load_settings(with_flags({{"host", "0.0.0.0"}, {"page", "chat"}})).settings.page == "chat");
  CHECK(load_settings(with_flags({{"page", "none"}})).settings.page == "none");
}

TEST_CASE("the outbox grows with the messages, and is never set too small") {
  CHECK(load_settings(with_flags({})).settings.server.outbox_hard_bytes == 16 << 20);
  CHECK(load_settings(with_flags({{"max_message_bytes", "64MiB"}})).settings.server.outbox_hard_bytes == 128 << 20);
  CHECK(problems(with_flags({{"outbox_hard_bytes", "1MiB"}})) ==
        std::vector<std::string>{
            "command line: --outbox-hard-bytes: must be at least twice max_message_bytes, which is 2MiB"});
}

TEST_CASE("what is no Redis that this version speaks to stops the start") {
  const auto only_problem = [](std::initializer_list<std::pair<const char*, const char*>> flags) {
    const auto lines = problems(with_flags(flags));
    REQUIRE(lines.size() == 1);
    return lines[0];
  };
  for (const char* url : {"http://x", "redis+cluster://x/1", "redis+sentinel://x"}) {
    CHECK(only_problem({{"redis_url", url}}).starts_with("command line: --redis: redis_url is "));
  }
  CHECK(problems(with_flags({{"redis_url", "redis://x"}})).empty());
  CHECK(problems(with_flags({{"redis_url", "rediss://x"}})).empty());
  CHECK(problems(with_flags({{"redis_url", "redis+sentinel://x,y:1/m"}})).empty());
  CHECK(problems(with_flags({{"redis_url", "redis+cluster://x,y:1"}})).empty());
  const std::string longest(64, 'n');
  for (const std::string& id : {std::string("node 1"), std::string("n\xC3\xB6"), longest + "n"}) {
    CHECK(only_problem({{"redis_url", "redis://x"}, {"node_id", id.c_str()}}).find("node_id is at most 64 ") !=
          std::string::npos);
  }
  CHECK(problems(with_flags({{"redis_url", "redis://x"}, {"node_id", longest.c_str()}})).empty());
  CHECK(only_problem({{"redis_url", "rediss://x"}, {"redis_ca", "/none.pem"}})
            .starts_with("command line: --redis-ca: /none.pem"));
  CHECK(only_problem({{"redis_url", "rediss://x"}, {"redis_cert", "/none.pem"}}) ==
        "command line: --redis: redis_cert and redis_key are set together");
  CHECK(only_problem({{"redis_url", "redis://x"}, {"redis_ca", "/ca.pem"}}) ==
        "command line: --redis: redis_ca, redis_cert and redis_key are for TLS: the URL begins with rediss:// then");
  CHECK(only_problem({{"redis_url", "redis://x"}, {"redis_sentinel_password", "hunter2"}}) ==
        "command line: --redis: redis_sentinel_user and redis_sentinel_password are for Sentinels: the URL begins with "
        "redis+sentinel:// then");
}

TEST_CASE("the admin listener has an address or is off") {
  CHECK(problems(with_flags({{"admin", "off"}, {"admin_token", "x"}})).empty());
  CHECK(problems(with_flags({{"admin", "[::1]:0"}})).empty());
  CHECK(problems(with_flags({{"admin", "9180"}})) ==
        std::vector<std::string>{
            "command line: --admin: \"9180\" is not HOST:PORT, such as 127.0.0.1:9180 or [::1]:9180, and not off"});
}

TEST_CASE("channels with a history do not go on without Redis") {
  const TemporaryFolder folder;
  const auto problems_of = [&](const std::string& channel) {
    SettingsInput input = with_flags({{"redis_url", "redis://x"}});
    input.config_path = folder.write("sentix.toml", "[channels.a]\n" + channel + "without_redis = \"local\"\n");
    return problems(input);
  };
  CHECK(problems_of("").empty());
  CHECK(problems_of("persistent = true\nhistory_size = 0\n").empty());
  for (const char* history : {"persistent = true\n", "history_size = 5\n"}) {
    CHECK(problems_of(history) ==
          std::vector<std::string>{folder.path("sentix.toml") +
                                   ":3: channels.\"a\".without_redis: \"local\" is for channels without a history, "
                                   "whose offsets would be given twice"});
  }
}

TEST_CASE("durable channels need a history and a data directory, and that no Redis beside it") {
  const TemporaryFolder folder;
  const auto problems_of = [&](const std::string& channel,
                               std::initializer_list<std::pair<const char*, const char*>> flags) {
    SettingsInput input = with_flags(flags);
    input.config_path = folder.write("sentix.toml", "[channels.a]\n" + channel);
    return problems(input);
  };
  const std::string at = folder.path("sentix.toml") + ":";
  using Problems = std::vector<std::string>;
  CHECK(problems_of("persistent = true\ndurability = \"written\"", {{"data_dir", "/d"}}).empty());
  CHECK(problems_of("persistent = true\ndurability = \"synced\"", {}) ==
        Problems{at + "3: channels.\"a\".durability: needs a data directory: set data_dir (--data-dir)"});
  CHECK(problems_of("persistent = true\ndurability = \"synced\"", {{"redis_url", "redis://x"}}).empty());
  CHECK(problems_of("persistent = true\ndurability = \"written\"", {{"redis_url", "redis://x"}}) ==
        Problems{at + "3: channels.\"a\".durability: is memory or synced on Redis (redis_url)"});
  for (const std::string history : {"", "history_size = 5\n", "persistent = true\nhistory_size = 0\n"}) {
    const auto lines = problems_of(history + "durability = \"written\"", {{"data_dir", "/d"}});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].ends_with("channels.\"a\".durability: is for channels with persistent = true and a history"));
  }
  const auto both = problems_of("", {{"data_dir", "/d"}, {"redis_url", "redis://x"}});
  CHECK(std::count_if(both.begin(), both.end(), [](const std::string& line) {
          return line.starts_with("command line: --data-dir: channels are stored in a folder or in Redis");
        }) == 1);
  CHECK(
      problems_of("", {{"data_dir", "/d"}, {"handover", "/h"}}) ==
      Problems{"command line: --handover: a data directory belongs to one process at a time: unset data_dir or this"});
}

TEST_CASE("TLS is spoken where both paths are set, or certificates listed, unless told otherwise") {
  const TemporaryFolder folder;
  const auto speaks = [](const SettingsInput& input) { return load_settings(input).settings.ssl; };
  CHECK(speaks(with_flags({})) == false);
  CHECK(speaks(with_flags({{"ssl_cert_path", "/c"}, {"ssl_key_path", "/k"}})) == true);
  CHECK(speaks(with_flags({{"ssl", "false"}, {"ssl_cert_path", "/c"}, {"ssl_key_path", "/k"}})) == false);
  SettingsInput listed;
  listed.config_path = folder.write("c.toml", "[[tls.certificates]]\ncert = '/c'\nkey = '/k'\n");
  CHECK(speaks(listed) == true);
  CHECK(problems(listed).empty());
}

TEST_CASE("what TLS needs belongs together") {
  const auto only_problem = [](std::initializer_list<std::pair<const char*, const char*>> flags) {
    const auto lines = problems(with_flags(flags));
    REQUIRE(lines.size() == 1);
    return lines[0];
  };
  CHECK(only_problem({{"ssl_cert_path", "/c"}}) ==
        "command line: --tls-cert: a certificate needs its key: set ssl_key_path (--tls-key)");
  CHECK(only_problem({{"ssl", "true"}, {"ssl_key_path", "/k"}}) ==
        "command line: --tls-key: a key needs its certificate: set ssl_cert_path (--tls-cert)");
  CHECK(only_problem({{"ssl", "true"}}) ==
        "command line: --tls: TLS needs ssl_cert_path and ssl_key_path (--tls-cert and --tls-key)");
  CHECK(only_problem({{"host", "unix:/s"}, {"ssl_cert_path", "/c"}, {"ssl_key_path", "/k"}})
            .starts_with("command line: --tls-cert: TLS is for TCP: "));
  CHECK(only_problem({{"ssl_cert_path", "/c"}, {"ssl_key_path", "/k"}, {"tls.client_certs", "optional"}})
            .starts_with("command line: --tls-client-certs: needs tls.client_ca"));
  CHECK(problems(with_flags({{"ssl", "false"}, {"ssl_cert_path", "/c"}, {"tls.client_certs", "required"}})).empty());
}

TEST_CASE("authentication needs somebody who can") {
  const TemporaryFolder folder;
  SettingsInput input;
  input.config_path = folder.write("auth.toml", "[auth]\nenabled = true\n");
  CHECK(problems(input) ==
        std::vector<std::string>{*input.config_path +
                                 ":2: auth.enabled: nobody could authenticate: it needs at least one "
                                 "[[auth.users]], a key of [auth.jwt], auth.webhook.url, or tls.client_certs"});
  input.flags =
      with_flags(
          {{"ssl_cert_path", "/c"}, {"ssl_key_path", "/k"}, {"tls.client_certs", "optional"}, {"tls.client_ca", "/a"}})
          .flags;
  CHECK(problems(input).empty());
  input.flags = with_flags({{"auth.jwt.jwks_file", "/jwks.json"}}).flags;
  CHECK(problems(input).empty());
}
