#include "core/public_api/default_log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>

#include "core/file_descriptor.h"

using sentix::core::FileDescriptor;
using sentix::core::LogLevel;

namespace {

// What is written to standard error while `body` runs; less than a pipe holds.
template <typename Body>
std::string standard_error_of(Body&& body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const FileDescriptor before(::dup(STDERR_FILENO));
  ::dup2(writing.get(), STDERR_FILENO);
  body();
  ::dup2(before.get(), STDERR_FILENO);
  writing.reset();
  std::string text(4096, '\0');
  const ssize_t size = ::read(reading.get(), text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::string written(bool debug) {
  return standard_error_of([debug] {
    const auto log = sentix::default_log(debug);
    log(LogLevel::debug, "a");
    log(LogLevel::info, "b");
    log(LogLevel::warning, "c");
    log(LogLevel::error, "d");
  });
}

}  // namespace

TEST_CASE("by default warnings and errors go to standard error") {
  CHECK(written(false) == "sentix: warning: c\nsentix: error: d\n");
}

TEST_CASE("with debugging on, everything does") {
  CHECK(written(true) == "sentix: debug: a\nsentix: info: b\nsentix: warning: c\nsentix: error: d\n");
}
