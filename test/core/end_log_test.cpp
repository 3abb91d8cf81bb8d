#include "core/end_log.h"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>

using namespace sentix::core;
using namespace std::chrono_literals;

namespace {

// The last line that was taken, which does not borrow.
struct Taken {
  LogLevel level{};
  std::string text;
  std::string reason;
  std::map<std::string, std::string> fields;  // numbers as #4201

  LogSink sink() {
    return [this](const LogLine& line) {
      level = line.level;
      text = line.text;
      reason = line.reason;
      for (const LogField& field : line.fields) {
        const auto* number = std::get_if<std::uint64_t>(&field.value);
        const bool first =
            fields
                .emplace(field.name, number != nullptr ? "#" + std::to_string(*number)
                                                       : std::string(std::get<std::string_view>(field.value)))
                .second;
        CHECK(first);
      }
    };
  }
};

}  // namespace

TEST_CASE("a client that met a limit: its setting and its figure are fields of the line") {
  Options options;
  options.pong_timeout = 1500ms;
  Taken taken;
  log_end(taken.sink(), {.connection = "c01", .address = "192.0.2.1:4711", .user = "ann", .admitted = true},
          {.ending = Ending::no_pong, .code = 4201}, options);
  CHECK(taken.level == LogLevel::info);
  CHECK(taken.text == "c01 from 192.0.2.1:4711 has ended: no_pong 4201 (no answer to a ping): pong_timeout is 1500 ms");
  CHECK(taken.reason == "no_pong");
  CHECK(taken.fields == std::map<std::string, std::string>{{"connection", "c01"},
                                                           {"address", "192.0.2.1:4711"},
                                                           {"user", "ann"},
                                                           {"code", "#4201"},
                                                           {"sentence", "no answer to a ping"},
                                                           {"setting", "pong_timeout"},
                                                           {"limit", "#1500"},
                                                           {"unit", "ms"}});
}

TEST_CASE("a stranger: what there is nothing to say of is no field") {
  Taken taken;
  log_end(taken.sink(), {.connection = "c02", .address = "[::1]:5"},
          {.ending = Ending::tls_failed, .detail = "no shared cipher"}, {});
  CHECK(taken.text == "c02 from [::1]:5 is refused: tls_failed (no shared cipher)");
  CHECK(taken.fields == std::map<std::string, std::string>{
                            {"connection", "c02"}, {"address", "[::1]:5"}, {"sentence", "no shared cipher"}});
}

TEST_CASE("a sentence that names the limit itself is not followed by it again") {
  Taken taken;
  log_end(taken.sink(), {.connection = "c03", .address = "a", .admitted = true},
          {.ending = Ending::no_pong, .code = 4201, .detail = "no answer: pong_timeout is 1 ms"}, {});
  CHECK(taken.text == "c03 from a has ended: no_pong 4201 (no answer: pong_timeout is 1 ms)");
  CHECK(taken.fields.at("limit") == "#20000");
}
