#include "protocol/command_decoder.h"

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/command_rules.h"
#include "protocol/json_fields.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"
#include "protocol/names.h"

namespace sentix::protocol {
namespace {

constexpr std::size_t kTypeBytesMax = 32;
constexpr std::size_t kPublishKeyBytesMax = kPublishKeyPointsMax * 4;

// Enough for every string of one command, all of it written in escapes: see json_string().
constexpr std::size_t kScratchBytes = kEscapeBytesMax * (kTypeBytesMax + kChannelNameBytesMax + kEventNameBytesMax +
                                                         kTokenBytesMax + kPublishKeyBytesMax + kEpochBytesMax);

// --- How the value of each key is read: false where it is not what it must be
// ------------------------------------------

bool read_id(std::string_view value, Command& command, std::string&) {
  const bool short_string = json_kind(value) == JsonKind::string && string_body(value).size() <= kRequestIdBytesMax;
  if (!short_string && !is_json_integer64(value)) return false;
  command.id.json = value;
  return true;
}

bool read_channel(std::string_view value, Command& command, std::string& scratch) {
  command.channel = json_string(value, kChannelNameBytesMax, scratch).value_or("");
  return valid_channel_name(command.channel);
}

bool read_event(std::string_view value, Command& command, std::string& scratch) {
  command.event = json_string(value, kEventNameBytesMax, scratch).value_or("");
  return valid_event_name(command.event);
}

bool read_data(std::string_view value, Command& command, std::string&) {
  command.data = value;
  return true;
}

bool read_credentials(std::string_view value, Command& command, std::string&) {
  command.credentials = value;
  return json_kind(value) == JsonKind::object;
}

bool read_token(std::string_view value, Command& command, std::string& scratch) {
  command.token = json_string(value, kTokenBytesMax, scratch).value_or("");
  return !command.token.empty();
}

bool read_key(std::string_view value, Command& command, std::string& scratch) {
  command.key = json_string(value, kPublishKeyBytesMax, scratch).value_or("");
  return valid_publish_key(command.key);
}

bool read_since(std::string_view value, Command& command, std::string& scratch) {
  constexpr std::array<std::string_view, 2> kNames = {"epoch", "offset"};
  JsonFields fields(kNames);
  if (fields.read(value) || fields.repeated() != 0 || fields.escaped() != 0) return false;
  if (fields.value(0).empty() || fields.value(1).empty()) return false;
  const auto epoch = json_string(fields.value(0), kEpochBytesMax, scratch);
  const auto offset = json_uint64(fields.value(1));
  if (!epoch || !offset) return false;
  command.since = Position{*epoch, *offset};
  return true;
}

bool read_limit(std::string_view value, Command& command, std::string&) {
  command.limit = json_uint64(value);
  return command.limit.value_or(0) >= 1;
}

template <bool Command::*Flag>
bool read_flag(std::string_view value, Command& command, std::string&) {
  const auto flag = json_boolean(value);
  command.*Flag = flag.value_or(false);
  return flag.has_value();
}

struct KeyRule {
  Key key;
  bool (*read)(std::string_view value, Command& command, std::string& scratch);
  std::string_view must_be;  // continues: "channel" must be ...
};

static_assert(kRequestIdBytesMax == 64 && kChannelNameBytesMax == 200 && kEventNameBytesMax == 64 &&
                  kTokenBytesMax == 8192 && kPublishKeyPointsMax == 64,
              "the sentences below tell these limits");

// "type" is not here: it chooses the rule of the command, by which the others are read.
constexpr std::array<KeyRule, 11> kKeyRules = {{
    {Key::id, read_id, "a string of at most 64 bytes or an integer of 64 bits"},
    {Key::channel, read_channel, "a string of 1 to 200 of A-Z a-z 0-9 _ = @ , . ; : / # -"},
    {Key::event, read_event, "a string of 1 to 64 of A-Z a-z 0-9 _ = @ , . ; : / # -"},
    {Key::data, read_data, "a JSON value"},
    {Key::credentials, read_credentials, "an object"},
    {Key::token, read_token, "a string of 1 to 8192 bytes"},
    {Key::key, read_key, "a string of 1 to 64 characters"},
    {Key::since, read_since, R"(an object with "epoch", a string, and "offset", an integer from 0)"},
    {Key::limit, read_limit, "an integer from 1"},
    {Key::reverse, read_flag<&Command::reverse>, "true or false"},
    {Key::count, read_flag<&Command::count>, "true or false"},
}};

std::string quoted_name(Key key) {
  return '"' + std::string(kKeyNames[static_cast<std::size_t>(key)]) + '"';
}

// --- One message
// ------------------------------------------------------------------------------------------------------

// The steps of decoding one message, in the order of the checks. Each returns false where it refused, with error() set.
class Decoding {
 public:
  explicit Decoding(std::string& scratch) : scratch_(scratch) {}

  bool run(std::string_view text) {
    return read_text(text) && read_common() && find_rule() && check_keys(rule_->known()) && read_fields();
  }

  Command& command() { return command_; }
  CommandError& error() { return error_; }

 private:
  bool read_text(std::string_view text) {
    const JsonError error = fields_.read(text);
    if (!error) return true;
    if (error.fault == JsonFault::not_an_object) return refuse("A message must be one JSON object.");
    return refuse("The message is not valid JSON: at byte " + std::to_string(error.offset) + ", " +
                  std::string(describe(error.fault)) + ".");
  }

  // "id" comes before "type", so that whatever is wrong with the rest is told to whom it concerns.
  bool read_common() {
    if (!check_keys({Key::id}) || !read(kKeyRules[0])) return false;
    return check_keys(kCommonKeys);
  }

  bool find_rule() {
    const std::string_view value = value_of(Key::type);
    if (value.empty() || json_kind(value) != JsonKind::string) return refuse(R"("type" must be given, as a string.)");
    const auto name = json_string(value, kTypeBytesMax, scratch_);
    for (const CommandRule& rule : kCommandRules) {
      if (rule.name != name) continue;
      rule_ = &rule;
      command_.type = rule.type;
      return true;
    }
    return refuse(R"(There is no command of this "type".)", ErrorCode::unknown_type);
  }

  bool check_keys(KeySet keys) {
    const KeySet repeated = KeySet(fields_.repeated()) & keys;
    const KeySet escaped = KeySet(fields_.escaped()) & keys;
    if (repeated.empty() && escaped.empty()) return true;
    for (std::size_t i = 0; i < kKeyNames.size(); ++i) {
      const Key key{static_cast<std::uint8_t>(i)};
      if (repeated.has(key)) return refuse(quoted_name(key) + " must occur only once.");
      if (escaped.has(key)) return refuse(quoted_name(key) + " must be written without escapes.");
    }
    return true;
  }

  bool read_fields() {
    if (rule_->optional.has(Key::data)) command_.data = "null";
    for (const KeyRule& key_rule : kKeyRules) {
      const bool required = rule_->required.has(key_rule.key);
      if (!required && !rule_->optional.has(key_rule.key)) continue;
      if (required && value_of(key_rule.key).empty()) {
        return refuse('"' + std::string(rule_->name) + "\" needs " + quoted_name(key_rule.key) + ", " +
                      std::string(key_rule.must_be) + ".");
      }
      if (!read(key_rule)) return false;
    }
    return true;
  }

  // A key that was not given is left as it is in a new Command.
  bool read(const KeyRule& key_rule) {
    const std::string_view value = value_of(key_rule.key);
    if (value.empty() || key_rule.read(value, command_, scratch_)) return true;
    return refuse(quoted_name(key_rule.key) + " must be " + std::string(key_rule.must_be) + ".");
  }

  [[nodiscard]] std::string_view value_of(Key key) const { return fields_.value(static_cast<std::size_t>(key)); }

  bool refuse(std::string message, ErrorCode code = ErrorCode::bad_request) {
    error_ = {code, std::move(message), command_.id};
    return false;
  }

  std::string& scratch_;
  JsonFields fields_{kKeyNames};
  const CommandRule* rule_ = nullptr;
  Command command_;
  CommandError error_;
};

}  // namespace

Decoded CommandDecoder::decode(std::string_view text) {
  scratch_.clear();
  scratch_.reserve(kScratchBytes);
  Decoding decoding(scratch_);
  if (!decoding.run(text)) return std::move(decoding.error());
  return decoding.command();
}

}  // namespace sentix::protocol
