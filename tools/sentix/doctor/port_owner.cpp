#include "tools/sentix/doctor/port_owner.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/log.h"

namespace sentix::tools {

namespace {

constexpr std::string_view kListening = "0A";  // TCP_LISTEN, as the kernel writes it

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Whether one of a process's descriptors is one of the sockets. False where it may not be looked into.
bool has_socket(const std::filesystem::path& process, const std::vector<std::string>& links) {
  std::error_code error;
  for (std::filesystem::directory_iterator fd(process / "fd", error), end; !error && fd != end; fd.increment(error)) {
    std::error_code unreadable;
    const std::string link = std::filesystem::read_symlink(fd->path(), unreadable).string();
    if (std::find(links.begin(), links.end(), link) != links.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> listening_inodes(std::string_view table, std::uint16_t port) {
  std::vector<std::string> inodes;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    const std::vector<std::string> columns{std::istream_iterator<std::string>(fields), {}};
    if (columns.size() < 10 || columns[3] != kListening) {
      continue;
    }
    const std::string digits = columns[1].substr(std::min(columns[1].rfind(':') + 1, columns[1].size()));
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (error == std::errc{} && end == digits.data() + digits.size() && number == port) {
      inodes.push_back(columns[9]);
    }
  }
  return inodes;
}

std::string port_owner(std::uint16_t port) {
  std::vector<std::string> links;
  for (const char* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    for (const std::string& inode : listening_inodes(contents(table), port)) {
      links.push_back("socket:[" + inode + "]");
    }
  }
  std::error_code error;
  for (std::filesystem::directory_iterator one("/proc", error), end; !error && one != end; one.increment(error)) {
    const std::string id = one->path().filename().string();
    if (std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
        has_socket(one->path(), links)) {
      std::string name = contents(one->path() / "comm");
      name.resize(std::min(name.find('\n'), name.size()));
      return core::one_line(name) + ", process " + id;
    }
  }
  return {};
}

}  // namespace sentix::tools
