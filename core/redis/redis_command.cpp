#include "core/redis/redis_command.h"

#include <hiredis/hiredis.h>

#include <memory>
#include <new>
#include <vector>

namespace sentix::core {
namespace {

struct FreeCommand {
  void operator()(char* command) const { redisFreeCommand(command); }
};

}  // namespace

void append_redis_command(std::string& out, std::span<const std::string_view> arguments) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(arguments.size());
  sizes.reserve(arguments.size());
  for (const std::string_view argument : arguments) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  char* written = nullptr;
  const int size = redisFormatCommandArgv(&written, static_cast<int>(texts.size()), texts.data(), sizes.data());
  if (size < 0) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<char, FreeCommand> command(written);
  out.append(command.get(), static_cast<std::size_t>(size));
}

}  // namespace sentix::core
