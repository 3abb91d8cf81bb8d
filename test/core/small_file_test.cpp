#include "core/small_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "test/support/temporary_folder.h"

namespace sentix::core {
namespace {

TEST_CASE("a file is read whole, and why one cannot be had names it") {
  const test::TemporaryFolder folder;
  const std::string content = std::string("a\0b\n", 4);
  CHECK(read_small_file(folder.write("file", content)) == content);
  CHECK(read_small_file(folder.write("empty", "")).empty());
  CHECK(read_small_file(folder.write("largest", std::string(1 << 20, 'x'))).size() == 1 << 20);
  const std::string larger = folder.write("larger", std::string((1 << 20) + 1, 'x'));
  CHECK_THROWS_WITH_AS(static_cast<void>(read_small_file(larger)), (larger + " is larger than 1 MiB").c_str(),
                       FileTooLarge);
  const std::string missing = folder.path("missing");
  CHECK_THROWS_WITH_AS(static_cast<void>(read_small_file(missing)),
                       (missing + " cannot be read: No such file or directory").c_str(), SmallFileError);
}

TEST_CASE("the state is that of the file, whatever leads to it") {
  const test::TemporaryFolder folder;
  const std::string one = folder.write("one", "1");
  const std::string two = folder.write("two", "2");
  const std::string link = folder.path("link");
  std::filesystem::create_symlink(one, link);
  CHECK(state_of(link) == state_of(one));
  CHECK_FALSE(state_of(one) == state_of(two));
  std::filesystem::remove(link);
  CHECK(state_of(link) == FileState{});
  std::filesystem::create_symlink(two, link);
  CHECK(state_of(link) == state_of(two));
  CHECK(state_of("") == FileState{});
}

}  // namespace
}  // namespace sentix::core
