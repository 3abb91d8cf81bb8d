#include "tools/sentix/config_section.h"

#include "protocol/names.h"

namespace sentix::tools {

namespace {

std::optional<std::string> list_text(const toml::node& node) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) {
    return std::nullopt;
  }
  std::string text;
  for (const toml::node& entry : *array) {
    if (!entry.is_string()) {
      return std::nullopt;
    }
    text += (text.empty() ? "" : ",") + entry.as_string()->get();
  }
  return text;
}

}  // namespace

std::optional<std::string> text_of(Kind kind, const toml::node& node) {
  const bool as_boolean = kind == Kind::boolean;
  const bool as_integer = kind == Kind::number || kind == Kind::bytes || kind == Kind::duration;
  const bool as_string = !as_boolean && kind != Kind::number && kind != Kind::list;
  if (as_boolean && node.is_boolean()) {
    return node.as_boolean()->get() ? "true" : "false";
  }
  if (as_integer && node.is_integer()) {
    return std::to_string(node.as_integer()->get());
  }
  if (as_string && node.is_string()) {
    return node.as_string()->get();
  }
  return kind == Kind::list ? list_text(node) : std::nullopt;
}

std::string_view notation(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "true or false, without quotes";
    case Kind::number:
      return "a whole number without quotes";
    case Kind::bytes:
      return "a number of bytes, or a size such as \"64KiB\"";
    case Kind::duration:
      return "a number of seconds, or a duration such as \"30s\"";
    case Kind::list:
      return "a list of texts in quotes, such as [\"a\", \"b\"]";
    case Kind::rate:
    case Kind::text:
    case Kind::choice:
      break;
  }
  return "a text in quotes";
}

void note_sources(const ConfigFile& file, const toml::table& table, const std::string& path, const std::string& name,
                  Settings& settings) {
  for (const auto& [key, node] : table) {
    settings.table_sources[path + std::string(key.str())] = file.at(node, name + std::string(key.str()));
  }
}

bool valid_channel_pattern(std::string_view text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), '*', '-');
  return protocol::valid_channel_name(name);
}

}  // namespace sentix::tools
