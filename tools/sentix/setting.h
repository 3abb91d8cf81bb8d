#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "tools/sentix/parse_value.h"
#include "tools/sentix/toml_text.h"
#include "tools/sentix/value.h"

namespace sentix::tools {

// Where a setting's value lives in the struct S, behind two functions that know its type.
template <typename S>
struct Binding {
  void (*set)(S&, const Value&);
  std::optional<Value> (*get)(const S&);  // nullopt: not set, and there is no default
};

// One row of a table of settings (settings_table.h, channel_table.h), from which everything about the setting follows:
// its flag, its variable, its place in the config file, its help, how it is read, checked, written and shown.
template <typename S>
struct Setting {
  std::string_view key;  // in the config file; "auth.enabled" is `enabled` in the table [auth]
  Shape shape;
  Binding<S> binding;
  std::string_view help;          // what it is for, what its edge values mean, and what happens at the limit
  std::string_view group = {};    // the heading that it stands under; the table fills it in
  std::string_view example = {};  // as in TOML, for a setting without a default
  std::string_view flag = {};     // in place of the one that follows from the key (flag_of)
  std::string_view also = {};     // another variable that means the same as variable_of(), which wins
  bool live = false;              // SIGHUP brings a change of it into force
  bool secret = false;            // never shown: not where it is right, not where it is wrong
};

namespace binding {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <typename T>
void store(const Value& value, T& field) {
  if constexpr (is_optional<T>) {
    store(value, field.emplace());
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    field = static_cast<T>(std::get<std::uint64_t>(value));  // the row's range keeps it within T
  } else {
    field = std::get<T>(value);
  }
}

template <typename T>
std::optional<Value> load(const T& field) {
  if constexpr (is_optional<T>) {
    return field ? load(*field) : std::nullopt;
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return Value(static_cast<std::uint64_t>(field));
  } else if constexpr (requires { field.empty(); }) {
    return field.empty() ? std::nullopt : std::optional<Value>(field);
  } else {
    return Value(field);
  }
}

template <typename S, typename M>
S owner_of(M S::*);

}  // namespace binding

// A binding to a member, or to a member of a member: bind<&Settings::server, &core::Options::port>.
template <auto First, auto... Rest>
inline constexpr Binding<decltype(binding::owner_of(First))> bind{
    [](decltype(binding::owner_of(First))& s, const Value& value) { binding::store(value, ((s.*First).*....*Rest)); },
    [](const decltype(binding::owner_of(First))& s) { return binding::load(((s.*First).*....*Rest)); }};

// Reads `text` and puts it in place of what the setting was. Otherwise what is wrong with it: `"80x" is not a whole
// number`.
template <typename S>
[[nodiscard]] std::string set_from_text(const Setting<S>& setting, std::string_view text, S& target) {
  const ParsedValue parsed = parse_value(setting.shape, text);
  if (!parsed.value) {
    return (setting.secret ? "the value" : excerpt(text)) + " is not " + parsed.expected;
  }
  setting.binding.set(target, *parsed.value);
  return {};
}

}  // namespace sentix::tools
