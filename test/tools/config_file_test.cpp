#include "tools/sentix/config_file.h"

#include <doctest/doctest.h>

#include "auth/secret.h"
#include "test/support/guard_page.h"
#include "tools/sentix/config_writer.h"
#include "tools/sentix/settings_difference.h"
#include "tools/sentix/settings_rules.h"

using namespace sentix::tools;
using sentix::channels::PublishRight;

namespace {

struct Applied {
  Settings settings;
  Report report;
};

Applied apply(std::string_view text) {
  const sentix::test::GuardedBytes guarded(text);
  Applied applied;
  apply_config(guarded.text(), "sentix.toml", applied.settings, applied.report);
  return applied;
}

// The settings of a text that must be right.
Settings read(std::string_view text) {
  Applied applied = apply(text);
  for (const Problem& problem : applied.report.problems) {
    FAIL_CHECK(to_string(problem));
  }
  return applied.settings;
}

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> lines;
  for (const Problem& problem : apply(text).report.problems) {
    lines.push_back(to_string(problem));
  }
  return lines;
}

const std::string kDigest = sentix::auth::to_hex(sentix::auth::sha256("user_access_token"));

const std::string kSpine = R"(host = "0.0.0.0"
port = 9000
max_clients = 5
ping_interval = "15s"
max_message_bytes = "2MiB"
page = "none"
origins = ["https://a", "https://b"]

[rate]
messages_per_user = "100/s"
[rate.class.gold]
messages_per_user = "1000/s burst 2000"
bytes_per_connection = "off"
[rate.class.silver]

[auth]
enabled = true
[auth.jwt]
jwks_file = "/jwks.json"
leeway = "5s"
required_claims = ["jti", "tenant"]
[[auth.users]]
username = "john_doe"
token_sha256 = ")" + kDigest +
                           R"("
info = { name = "John", roles = ["a", 1, 1.5, true], since = 2024-01-02 }
permissions = ["news-*", { pattern = "staff", publish = false }]
rate_class = "gold"
[[auth.users]]
username = "jane"
token_sha256 = ")" + kDigest +
                           R"("

[channels."news-*"]
max_clients = 500
persistent = true
private = true
auth = true
presence = true
publish = "server"
auto_create = false
history_size = 7
history_ttl = "1h"
durability = "memory"
[channels.general]
)";

}  // namespace

TEST_CASE("settings are read, with their lines") {
  const Settings settings = read(kSpine);
  CHECK(settings.server.host == "0.0.0.0");
  CHECK(settings.server.port == 9000);
  CHECK(settings.server.max_clients == 5);
  CHECK(settings.server.ping_interval == std::chrono::seconds(15));
  CHECK(settings.server.max_message_bytes == 2 << 20);
  CHECK(settings.page == "none");
  CHECK(settings.server.origins == std::vector<std::string>{"https://a", "https://b"});
  CHECK(settings.server.policy.auth_enabled);
  CHECK(place_text(source_of(settings, "port")) == "sentix.toml:2");
  CHECK(place_text(source_of(settings, "auth.enabled")) == "sentix.toml:17");
  CHECK(settings.jwt.jwks_file == "/jwks.json");
  CHECK(settings.jwt.rules.leeway == std::chrono::seconds(5));
  CHECK(settings.jwt.rules.required_claims == std::vector<std::string>{"jti", "tenant"});
  CHECK(place_text(source_of(settings, "auth.jwt.leeway")) == "sentix.toml:20");
}

TEST_CASE("users are read") {
  const Settings settings = read(kSpine);
  REQUIRE(settings.users.size() == 2);
  const sentix::auth::User& john = settings.users[0];
  CHECK(john.username == "john_doe");
  CHECK(john.token_sha256 == sentix::auth::sha256("user_access_token"));
  CHECK(john.info == R"({"name":"John","roles":["a",1,1.5,true],"since":"2024-01-02"})");
  REQUIRE(john.grants);
  REQUIRE(john.grants->size() == 2);
  CHECK(john.grants->at(0).pattern == "news-*");
  CHECK(john.grants->at(0).publish);
  CHECK(john.grants->at(1).pattern == "staff");
  CHECK(john.grants->at(1).subscribe);
  CHECK_FALSE(john.grants->at(1).publish);
  CHECK_FALSE(settings.users[1].grants);
  CHECK(settings.users[1].info.empty());
  CHECK(john.rate_class == "gold");
  CHECK(settings.users[1].rate_class.empty());
}

TEST_CASE("rate classes are read: what they set, what they take away, and what they leave") {
  using sentix::auth::Quantity;
  using sentix::auth::Scope;
  const auto& classes = read(kSpine).server.rates.classes;
  REQUIRE(classes.size() == 2);
  const sentix::auth::RateClass& gold = classes.at("gold");
  const sentix::auth::RateLimit expected{{.units = 1000, .burst = 2000}};
  CHECK(gold.of(Quantity::messages, Scope::user) == expected);
  CHECK(gold.of(Quantity::bytes, Scope::connection) == sentix::auth::RateLimit{});
  CHECK_FALSE(gold.of(Quantity::messages, Scope::connection));
  CHECK(classes.at("silver") == sentix::auth::RateClass{});
}

TEST_CASE("a user's class must be there") {
  Applied applied = apply("[[auth.users]]\nusername = 'x'\ntoken_sha256 = '" + kDigest +
                          "'\nrate_class = 'glod'\n[rate.class.gold]\n");
  CHECK(applied.report.problems.empty());
  check_rules(applied.settings, applied.report);
  REQUIRE(applied.report.problems.size() == 1);
  CHECK(to_string(applied.report.problems[0]) ==
        "sentix.toml:4: auth.users.rate_class: \"glod\" is no class of [rate.class] (did you mean \"gold\"?)");
}

TEST_CASE("there are no more classes than can be told apart") {
  std::string text;
  for (std::size_t i = 0; i < sentix::auth::kRateClassesMax; ++i) {
    text += "[rate.class.c" + std::to_string(i) + "]\n";
  }
  CHECK(read(text).server.rates.classes.size() == sentix::auth::kRateClassesMax);
  CHECK(problems(text + "[rate.class.more]\n")
            .at(0)
            .ends_with("rate.class: there are 65 classes, and there can be at most 64"));
}

TEST_CASE("channels are read") {
  const Settings settings = read(kSpine);
  REQUIRE(settings.server.channels.size() == 2);
  CHECK(settings.server.channels[0].first == "general");
  const auto& [name, options] = settings.server.channels[1];
  CHECK(name == "news-*");
  CHECK(options.max_clients == 500);
  CHECK(options.persistent);
  CHECK(options.is_private);
  CHECK(options.auth);
  CHECK(options.presence);
  CHECK(options.publish == PublishRight::server);
  CHECK_FALSE(options.auto_create);
  CHECK(options.history_size == 7);
  CHECK(options.history_ttl == std::chrono::hours(1));
}

TEST_CASE("what a channel does not say is not set") {
  const auto options = read("[channels.general]\npersistent = true\n").server.channels.at(0).second;
  CHECK_FALSE(options.history_size);
  CHECK_FALSE(options.history_ttl);
  CHECK(options.publish == PublishRight::subscribers);
}

TEST_CASE("every problem is found at once, in the order of the file") {
  const std::vector<std::string> expected{
      "sentix.toml:1: prot: no setting has this name (did you mean \"port\"?)",
      "sentix.toml:2: port: must be a whole number without quotes",
      "sentix.toml:3: max_clients: \"-4\" is not a whole number from 0 to 1000000000",
      "sentix.toml:4: page: \"chatt\" is not one of: chat none",
      "sentix.toml:6: auth.enable: no setting has this name (did you mean \"enabled\"?)",
      "sentix.toml:8: channels.\"a\".max_client: no setting has this name (did you mean \"max_clients\"?)",
      "sentix.toml:9: channels.\"a\".publish: \"all\" is not one of: subscribers anyone server"};
  CHECK(problems("prot = 1\nport = \"8080\"\nmax_clients = -4\npage = \"chatt\"\n"
                 "[auth]\nenable = true\n[channels.a]\nmax_client = 5\npublish = \"all\"\n") == expected);
}

TEST_CASE("each single thing that can be wrong is said with its line") {
  struct Wrong {
    std::string text;
    std::string problem;
  };
  const std::string user = "[[auth.users]]\nusername = \"x\"\ntoken_sha256 = \"" + kDigest + "\"\n";
  const std::vector<Wrong> table{
      {"debug = \"true\"", "sentix.toml:1: debug: must be true or false, without quotes"},
      {"host = 1", "sentix.toml:1: host: must be a text in quotes"},
      {"host = \"\"", "sentix.toml:1: host: \"\" is not text of at least one character and without control characters"},
      {"ping_interval = 1.5",
       "sentix.toml:1: ping_interval: must be a number of seconds, or a duration such as \"30s\""},
      {"max_message_bytes = true",
       "sentix.toml:1: max_message_bytes: must be a number of bytes, or a size such as \"64KiB\""},
      {"origins = [1]", "sentix.toml:1: origins: must be a list of texts in quotes, such as [\"a\", \"b\"]"},
      {"\"auth.enabled\" = true", "sentix.toml:1: auth.enabled: no setting has this name"},
      {"auth = 1", "sentix.toml:1: auth: must be a table: [auth]"},
      {"channels = 1", "sentix.toml:1: channels: must be tables: [channels.\"NAME\"]"},
      {"channels.a = 1", "sentix.toml:1: channels.\"a\": must be a table: [channels.\"a\"]"},
      {"\n[channels.\"a b\"]",
       "sentix.toml:2: channels.\"a b\": is not a channel's name or pattern: 1 to 200 of A-Z a-z 0-9 _ = @ , . ; : / # "
       "- "
       "and *"},
      {"[rate]\nclass = 1", "sentix.toml:2: rate.class: must be tables: [rate.class.NAME]"},
      {"[rate.class]\ngold = 1", "sentix.toml:2: rate.class.gold: must be a table: [rate.class.gold]"},
      {"[rate.class.'two words']",
       "sentix.toml:1: rate.class.\"two words\": is not a class's name: 1 to 32 of A-Z a-z 0-9 _ -"},
      {"[rate.class.a]\nmessages_per_usr = '1/s'",
       "sentix.toml:2: rate.class.a.messages_per_usr: no setting has this name (did you mean \"messages_per_user\"?)"},
      {"[rate.class.a]\nmessages_per_address = '1/s'",
       "sentix.toml:2: rate.class.a.messages_per_address: is no limit of a class, which are of connections and users: "
       "set rate.messages_per_address"},
      {"[rate.class.a]\nmessages_per_user = 'fast'",
       "sentix.toml:2: rate.class.a.messages_per_user: \"fast\" is not a rate such as 100/s, \"10/m burst 20\" or "
       "\"5/h close\", or off"},
      {"[rat.class.a]", "sentix.toml:1: rat: no setting has this name (did you mean \"rate\"?)"},
      {"[auth]\njwt = 1", "sentix.toml:2: auth.jwt: must be a table: [auth.jwt]"},
      {"[auth.jwt]\nsecrt = \"x\"",
       "sentix.toml:2: auth.jwt.secrt: no setting has this name (did you mean \"secret\"?)"},
      {"[auth]\n\"jwt.secret\" = \"x\"", "sentix.toml:2: auth.jwt.secret: no setting has this name"},
      {"[auth]\nusers = 1", "sentix.toml:2: auth.users: must be tables: [[auth.users]]"},
      {"[[auth.users]]\ntoken_sha256 = \"" + kDigest + "\"", "sentix.toml:1: auth.users.username: is missing"},
      {"[[auth.users]]\nusername = \"x\"",
       "sentix.toml:1: auth.users.token_sha256: must be the 64 hexadecimal digits of the token's SHA-256: printf %s "
       "TOKEN "
       "| sha256sum"},
      {user + "permission = []",
       "sentix.toml:4: auth.users.permission: no setting has this name (did you mean \"permissions\"?)"},
      {user + "permissions = \"a\"",
       "sentix.toml:4: auth.users.permissions: must be a list such as [\"news-*\", { pattern = \"staff\", publish = "
       "false "
       "}]"},
      {user + "permissions = [\"a b\"]",
       "sentix.toml:4: auth.users.permissions: must be a channel's name or pattern, or a table such as { pattern = "
       "\"news-*\", publish = false }"},
      {user + "permissions = [{ pattern = \"a\", read = true }]",
       "sentix.toml:4: auth.users.permissions.read: no setting has this name"},
  };
  for (const Wrong& wrong : table) {
    CAPTURE(wrong.text);
    CHECK(problems(wrong.text) == std::vector<std::string>{wrong.problem});
  }
}

TEST_CASE("what is no TOML is said with its line") {
  const auto lines = problems("port = 1\nhost = \n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("sentix.toml:2: "));
  CHECK(problems("port = 1\nport = 2\n").at(0).starts_with("sentix.toml:2: "));
}

TEST_CASE("a token's hash is not shown where it is wrong") {
  for (const std::string& line : problems("[[auth.users]]\nusername = \"x\"\ntoken_sha256 = \"hunter2\"\n")) {
    CHECK(line.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a file that is cut anywhere is read or refused") {
  for (std::size_t size = 0; size < kSpine.size(); ++size) {
    const Applied applied = apply(std::string_view(kSpine).substr(0, size));
    for (const Problem& problem : applied.report.problems) {
      CHECK(problem.source.line >= 1);
      CHECK(problem.source.line <= 43);
    }
  }
}

TEST_CASE("the published file is right, and says what is the default anyhow") {
  CHECK(settings_difference(read(config_file_text(Settings{})), Settings{}).empty());
}

TEST_CASE("every line that the published file leaves out is right too") {
  std::string text = config_file_text(Settings{});
  for (const char* example : {"# page = ", "# ssl = ", "# error_log = ", "# [rate.class.", "# messages_per_connection",
                              "# [channels.", "# history_size = ", "# durability = "}) {
    CAPTURE(example);
    const std::size_t at = text.find(example);
    REQUIRE(at != std::string::npos);
    text.erase(at, 2);
  }
  const Settings settings = read(text);
  CHECK(settings.page == "chat");
  CHECK(settings.server.rates.classes.contains("gold"));
  CHECK(settings.server.channels.at(0).first == "news-*");
  CHECK(settings.server.channels.at(0).second.history_size == 100);
}

TEST_CASE("settings that are written and read again are the same") {
  Settings settings = read(kSpine);
  settings.users.clear();  // their tokens are not written
  CHECK(settings_difference(read(config_file_text(settings)), settings).empty());
}

TEST_CASE("certificates are listed, each with its line, and written again") {
  const Settings settings = read("[tls]\nclient_certs = 'required'\n[[tls.certificates]]\ncert = '/c'\nkey = '/k'\n");
  CHECK(settings.client_certs == "required");
  REQUIRE(settings.certificates.size() == 1);
  CHECK(settings.certificates[0].files == sentix::core::CertificateFiles{"/c", "/k"});
  CHECK(settings.certificates[0].source.line == 3);
  CHECK(read(config_file_text(settings)).certificates == settings.certificates);
  CHECK(config_in_force_text(settings).find("[[tls.certificates]]\ncert = \"/c\"\nkey = \"/k\"\n") !=
        std::string::npos);
}

TEST_CASE("what is wrong with listed certificates is told") {
  const auto problems = [](const char* text) { return apply(text).report.problems; };
  CHECK(to_string(problems("[tls]\ncertificates = 'x'\n").at(0)).ends_with("must be tables: [[tls.certificates]]"));
  const auto missing = problems("[[tls.certificates]]\ncert = '/c'\nkeys = '/k'\n");
  REQUIRE(missing.size() == 2);
  CHECK(to_string(missing[0]).ends_with(":1: tls.certificates.key: is missing"));
  CHECK(to_string(missing[1]).ends_with("tls.certificates.keys: no setting has this name (did you mean \"key\"?)"));
}

TEST_CASE("a change of certificates needs no restart where there is TLS before and after it") {
  Settings a;
  Settings b;
  b.certificates.push_back({.files = {"/c", "/k"}, .source = {}});
  b.ssl_cert_path = "/c";
  CHECK(settings_difference(a, b) == std::vector<std::string>{"ssl_cert_path", "tls.certificates"});
  CHECK_FALSE(is_live("ssl_cert_path", a, b));
  a.ssl = b.ssl = true;
  CHECK(is_live("ssl_cert_path", a, b));
  CHECK(is_live("tls.certificates", a, b));
}

TEST_CASE("limits, users and channels are live, and where the server listens is not") {
  const Settings settings;
  for (const char* key :
       {"max_clients", "ping_interval", "origins", "auth.enabled", "auth.users", "rate.class", "channels"}) {
    CAPTURE(key);
    CHECK(is_live(key, settings, settings));
  }
  for (const char* key : {"host", "port", "workers", "ssl", "data_dir", "enabled"}) {
    CAPTURE(key);
    CHECK_FALSE(is_live(key, settings, settings));
  }
}

TEST_CASE("the settings in force are shown with their sources, and without secrets") {
  Settings settings = read(kSpine + "\n[channels.x]\n");
  settings.server.admin.token = "hunter2";
  settings.server.redis.url = "redis://:hunter2@host";
  const std::string text = config_in_force_text(settings);
  CHECK(text.find("port = 9000                                 # sentix.toml:2\n") != std::string::npos);
  CHECK(text.find("workers = 0                                 # default\n") != std::string::npos);
  CHECK(text.find("# error_log is not set                      # default\n") != std::string::npos);
  CHECK(text.find("username = \"john_doe\"                       # sentix.toml:23\n") != std::string::npos);
  CHECK(text.find("token_sha256 = \"********\"                   # sentix.toml:24\n") != std::string::npos);
  CHECK(text.find("rate_class = \"gold\"                         # sentix.toml:27\n") != std::string::npos);
  CHECK(
      text.find("[rate.class.gold]\nmessages_per_user = \"1000/s burst 2000\"     # sentix.toml:12\n"
                "bytes_per_connection = \"off\"                # sentix.toml:13\n\n[rate.class.silver]\n\n[channels") !=
      std::string::npos);
  CHECK(text.find("[channels.\"news-*\"]\nmax_clients = 500 ") != std::string::npos);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find(kDigest) == std::string::npos);
}

TEST_CASE("everything about users and channels that is in force is shown, each line with its source") {
  const std::string user = "[[auth.users]]\nusername = \"u\"\ntoken_sha256 = \"" + kDigest + "\"\n";
  const Settings settings =
      read(user + "info = { name = \"a:b,\\\"c\", list = [1, 2.5, true, {}] }\n" +
           "permissions = [\"a*\", { pattern = \"b\", subscribe = false, presence = false }]\n" + user +
           "permissions = []\n" + user + "[channels.p]\npersistent = true\n[channels.q]\nhistory_size = 7\n");
  const std::string text = config_in_force_text(settings);
  const auto shows = [&](const std::string& line, const std::string& source) {
    CAPTURE(line);
    std::string padded = line;
    padded.resize(std::max<std::size_t>(padded.size() + 2, 44), ' ');
    CHECK(text.find("\n" + padded + "# " + source + "\n") != std::string::npos);
  };
  shows(R"(info = {"list" = [1, 2.5, true, {}], "name" = "a:b,\"c"})", "sentix.toml:4");
  shows(R"(permissions = ["a*", { pattern = "b", subscribe = false, presence = false }])", "sentix.toml:5");
  shows("permissions = []", "sentix.toml:9");
  shows("# permissions is not set", "default");
  shows("persistent = true", "sentix.toml:14");
  shows("history_size = 100", "default");
  shows("history_size = 7", "sentix.toml:16");
  shows("history_ttl = \"10m\"", "default");

  std::string without_masks = text;
  for (std::size_t at = 0; (at = without_masks.find("********", at)) != std::string::npos;) {
    without_masks.replace(at, 8, kDigest);
  }
  const std::vector<std::string> changed = settings_difference(read(without_masks), settings);
  CHECK(changed == std::vector<std::string>{"channels"});  // their defaults are written out
}

TEST_CASE("the difference of settings is told by key") {
  Settings a = read(kSpine);
  CHECK(settings_difference(a, a).empty());
  Settings b = read(kSpine);
  b.server.port = 1;
  b.users[0].grants->at(0).publish = false;
  b.server.rates.classes.erase("gold");
  b.server.channels[0].second.max_clients = 1;
  CHECK(settings_difference(a, b) == std::vector<std::string>{"port", "auth.users", "rate.class", "channels"});
}
