#include "tools/sentix/rate_class_table.h"

#include <array>

namespace sentix::tools {

namespace {

using auth::Quantity;
using auth::RateClass;
using auth::Scope;

template <Quantity Of, Scope Per>
constexpr Setting<RateClass> row(std::string_view key, std::string_view help, std::string_view example) {
  static_assert(Per == Scope::connection || Per == Scope::user);
  return {.key = key,
          .shape = {Kind::rate},
          .binding = {[](RateClass& limits, const Value& value) {
                        limits.of(Of, Per) = auth::parse_rate_limit(std::get<std::string>(value));
                      },
                      [](const RateClass& limits) -> std::optional<Value> {
                        const auto& limit = limits.of(Of, Per);
                        return limit ? std::optional<Value>(auth::setting_text(*limit)) : std::nullopt;
                      }},
          .help = help,
          .example = example,
          .live = true};
}

constexpr std::array kTable{
    row<Quantity::messages, Scope::connection>("messages_per_connection", "In place of rate.messages_per_connection.",
                                               "\"1000/s\""),
    row<Quantity::messages, Scope::user>(
        "messages_per_user", "The same of all connections that one user has in this class.", "\"5000/s burst 10000\""),
    row<Quantity::bytes, Scope::connection>("bytes_per_connection", "In place of rate.bytes_per_connection.",
                                            "\"1MiB/s\""),
    row<Quantity::bytes, Scope::user>("bytes_per_user", "In place of rate.bytes_per_user.", "\"off\""),
    row<Quantity::subscribes, Scope::connection>("subscribes_per_connection",
                                                 "In place of rate.subscribes_per_connection.", "\"100/s error\""),
    row<Quantity::subscribes, Scope::user>("subscribes_per_user", "In place of rate.subscribes_per_user.",
                                           "\"10/m burst 500 close\""),
};

}  // namespace

std::span<const Setting<RateClass>> rate_class_table() {
  return kTable;
}

}  // namespace sentix::tools
