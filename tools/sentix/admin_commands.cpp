#include <array>
#include <cctype>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/admin/json_body.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"
#include "tools/sentix/admin_client.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/run_server.h"

namespace sentix::tools {

namespace {

using protocol::quote;

// What the commands are given, beside where to ask.
struct PublishWords {
  std::string channel;
  std::string data;
  std::string key;
  bool text = false;
};
struct ChannelsWords {
  std::string prefix;
  std::string members_of;
};
struct KickWords {
  std::string user;
  std::string connection;
  std::string reason;
  unsigned code = 0;
};

// The listener that the settings name, wherever they come from.
AdminClient client_of(const SettingsInput& input) {
  const LoadedSettings loaded = load_settings(input);
  if (print_report(loaded.report) != 0) {
    throw std::runtime_error("the settings are wrong");
  }
  const auto address = core::parse_admin_address(loaded.settings.admin);
  if (!address || address->port == 0) {
    throw std::runtime_error("admin is " + loaded.settings.admin + ": say where to ask with --admin HOST:PORT");
  }
  return {*address, loaded.settings.server.admin.token};
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
      encoded += c;
    } else {
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

int publish(const AdminClient& client, const PublishWords& words) {
  const std::string data = words.data == "-" ? std::string(std::istreambuf_iterator<char>(std::cin), {}) : words.data;
  std::string body = R"({"channel":)" + quote(words.channel) + R"(,"data":)";
  body += words.text ? quote(data) : data;
  body += words.key.empty() ? "}" : R"(,"key":)" + quote(words.key) + "}";
  std::cout << client.post("/api/publish", body) << '\n';
  return 0;
}

// Prints `list` of a page line by line, name and number; returns the "next" of the page, or nothing.
std::string print_page(const std::string& page, std::string_view list, std::array<std::string_view, 2> columns) {
  const std::array<std::string_view, 2> names{list, "next"};
  core::JsonBody body(names);
  if (!body.read(page).empty()) {
    throw std::runtime_error("the answer is not what this version understands");
  }
  for (const std::string_view element :
       protocol::json_elements(body.value(0)).value_or(std::vector<std::string_view>())) {
    core::JsonBody row(columns);
    static_cast<void>(row.read(element));
    std::cout << row.text(0).value_or("") << '\t' << row.value(1) << '\n';
  }
  return body.text(1).value_or("");
}

int list(const AdminClient& client, const ChannelsWords& words) {
  if (!words.members_of.empty()) {
    const std::string path = "/api/members?limit=1000&channel=" + percent_encoded(words.members_of);
    print_page(client.get(path), "members", {"user", "connections"});
    return 0;
  }
  std::string after;
  do {
    const std::string path = "/api/channels?limit=1000&prefix=" + percent_encoded(words.prefix);
    after = print_page(client.get(path + "&after=" + percent_encoded(after)), "channels", {"channel", "clients"});
  } while (!after.empty());
  return 0;
}

int kick(const AdminClient& client, const KickWords& words) {
  std::string body =
      words.user.empty() ? R"({"connection":)" + quote(words.connection) : R"({"user":)" + quote(words.user);
  if (words.code != 0) {
    body += R"(,"code":)" + std::to_string(words.code);
  }
  if (!words.reason.empty()) {
    body += R"(,"reason":)" + quote(words.reason);
  }
  std::cout << client.post("/api/disconnect", body + "}") << '\n';
  return 0;
}

// A command that asks the admin listener of a running server.
template <class Words>
CLI::App* add_client(CLI::App& app, SettingsInput& input, Action& chosen, const char* name, const char* help,
                     const std::shared_ptr<Words>& words, int (*run)(const AdminClient&, const Words&)) {
  CLI::App* const command = app.add_subcommand(name, help);
  add_file_flags(*command, input);
  add_flag(*command, "admin", input.flags, "Where the server's admin listener is, as HOST:PORT.");
  add_flag(*command, "admin_token", input.flags, "Its bearer token; better in WEBSOCKET_ADMIN_TOKEN.");
  command->callback(
      [&input, &chosen, words, run] { chosen = [&input, words, run] { return run(client_of(input), *words); }; });
  return command;
}

}  // namespace

void add_admin_commands(CLI::App& app, SettingsInput& input, Action& chosen) {
  const auto publication = std::make_shared<PublishWords>();
  CLI::App* const publishing = add_client<PublishWords>(
      app, input, chosen, "publish", "Publish one value to a channel of a running server.", publication, publish);
  publishing->add_option("CHANNEL", publication->channel, "The channel.")->required();
  publishing->add_option("DATA", publication->data, "One JSON value; - reads it from standard input.")->required();
  publishing->add_option("--key", publication->key, "An idempotency key: repeating the command is harmless.");
  publishing->add_flag("--text", publication->text, "DATA is a text, not JSON.");
  publishing->footer(
      "Examples:\n"
      "  sentix publish general '{\"text\":\"hi\"}'\n"
      "  sentix publish general --text 'it is \"quoted\"'\n"
      "  make-report | sentix publish reports -\n\n"
      "Status: 0 published, 1 refused or nobody there, 2 wrong usage.");

  const auto listing = std::make_shared<ChannelsWords>();
  CLI::App* const channels = add_client<ChannelsWords>(
      app, input, chosen, "channels", "List the channels of a running server, or who is on one.", listing, list);
  channels->add_option("--prefix", listing->prefix, "Only those whose names begin so.");
  channels->add_option("--members", listing->members_of, "The members of this channel instead.")->type_name("CHANNEL");
  channels->footer("Prints a line for each: its name, a tab, and how many clients (of a member: connections) it has.");

  const auto leaver = std::make_shared<KickWords>();
  CLI::App* const kicking = add_client<KickWords>(
      app, input, chosen, "kick", "Disconnect a user, or one connection, of a running server.", leaver, kick);
  CLI::Option_group* const who = kicking->add_option_group("who");
  who->add_option("USER", leaver->user, "Whose connections to close.");
  who->add_option("--connection", leaver->connection, "One connection, by its id.")->type_name("ID");
  who->require_option(1);
  kicking->add_option("--code", leaver->code, "The close code. [default 4003: do not come back]")
      ->check(CLI::Range(1000u, 4999u))
      ->type_name("N");
  kicking->add_option("--reason", leaver->reason, "What the client is told.")->type_name("TEXT");
}

}  // namespace sentix::tools
