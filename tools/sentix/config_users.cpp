#include <array>

#include "auth/secret.h"
#include "tools/sentix/config_section.h"
#include "tools/sentix/toml_json.h"

namespace sentix::tools {

namespace {

const std::string kUsers = "auth.users.";

// A user as its table has it, before the parts that are more than text are made of it.
struct UserDraft {
  std::string username;
  std::string token_sha256;
  std::string rate_class;
};

constexpr std::array kUserRows{
    Setting<UserDraft>{.key = "username",
                       .shape = {Kind::text, 1},
                       .binding = bind<&UserDraft::username>,
                       .help = "The name that others see."},
    Setting<UserDraft>{.key = "token_sha256",
                       .shape = {Kind::text},
                       .binding = bind<&UserDraft::token_sha256>,
                       .help = "The SHA-256 of the user's token, in hexadecimal digits.",
                       .secret = true},
    Setting<UserDraft>{.key = "rate_class",
                       .shape = {Kind::text, 1},
                       .binding = bind<&UserDraft::rate_class>,
                       .help = "The class whose limits the user has: [rate.class.NAME]."},
};

constexpr std::array kGrantRows{
    Setting<auth::Grant>{.key = "pattern",
                         .shape = {Kind::text, 1},
                         .binding = bind<&auth::Grant::pattern>,
                         .help = "A name or a pattern."},
    Setting<auth::Grant>{.key = "subscribe",
                         .shape = {Kind::boolean},
                         .binding = bind<&auth::Grant::subscribe>,
                         .help = "May subscribe."},
    Setting<auth::Grant>{
        .key = "publish", .shape = {Kind::boolean}, .binding = bind<&auth::Grant::publish>, .help = "May publish."},
    Setting<auth::Grant>{.key = "presence",
                         .shape = {Kind::boolean},
                         .binding = bind<&auth::Grant::presence>,
                         .help = "May see who is there."},
};

auth::Grant read_grant(const ConfigFile& file, const toml::node& node, const std::string& name) {
  auth::Grant grant;
  if (const toml::table* const table = node.as_table()) {
    read_section<auth::Grant>(file, *table, name + ".", kGrantRows, grant);
  } else if (node.is_string()) {
    grant.pattern = node.as_string()->get();
  }
  if (!valid_channel_pattern(grant.pattern)) {
    file.problem(node, name,
                 "must be a channel's name or pattern, or a table such as { pattern = \"news-*\", publish = false }");
  }
  return grant;
}

std::vector<auth::Grant> read_grants(const ConfigFile& file, const toml::node& node, const std::string& name) {
  std::vector<auth::Grant> grants;
  const toml::array* const array = node.as_array();
  if (array == nullptr) {
    file.problem(node, name, "must be a list such as [\"news-*\", { pattern = \"staff\", publish = false }]");
    return grants;
  }
  for (const toml::node& entry : *array) {
    grants.push_back(read_grant(file, entry, name));
  }
  return grants;
}

// What of a user stands in the file must be good; what must stand there must be there.
std::optional<auth::Digest> read_digest(const ConfigFile& file, const toml::table& table, const UserDraft& draft) {
  const auto digest = auth::parse_digest(draft.token_sha256);
  if (!digest) {
    const std::string name = kUsers + "token_sha256";
    const std::string message = "must be the 64 hexadecimal digits of the token's SHA-256: printf %s TOKEN | sha256sum";
    const toml::node* const node = table.get("token_sha256");
    node != nullptr ? file.problem(*node, name, message) : file.problem(table, name, message);
  }
  return digest;
}

void read_user(const ConfigFile& file, const toml::table& table, Settings& settings) {
  UserDraft draft;
  read_section<UserDraft>(file, table, kUsers, kUserRows, draft, {"info", "permissions"});
  auth::User user{.username = draft.username, .token_sha256 = {}, .rate_class = draft.rate_class};
  if (!table.contains("username")) {
    file.problem(table, kUsers + "username", "is missing");
  }
  if (const auto digest = read_digest(file, table, draft)) {
    user.token_sha256 = *digest;
  }
  if (const toml::node* const info = table.get("info")) {
    user.info = to_json(*info);
  }
  if (const toml::node* const permissions = table.get("permissions")) {
    user.grants = read_grants(file, *permissions, kUsers + "permissions");
  }
  note_sources(file, table, kUsers + std::to_string(settings.users.size()) + ".", kUsers, settings);
  settings.users.push_back(std::move(user));
}

}  // namespace

void read_users(const ConfigFile& file, const toml::node& node, Settings& settings) {
  const toml::array* const users = node.as_array();
  if (users == nullptr ||
      !std::all_of(users->begin(), users->end(), [](const toml::node& n) { return n.is_table(); })) {
    file.problem(node, "auth.users", "must be tables: [[auth.users]]");
    return;
  }
  for (const toml::node& user : *users) {
    read_user(file, *user.as_table(), settings);
  }
}

}  // namespace sentix::tools
