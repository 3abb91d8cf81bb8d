#include "protocol/command.h"

#include "protocol/command_rules.h"

namespace sentix::protocol {

std::string_view wire_name(CommandType type) {
  return kCommandRules[static_cast<std::size_t>(type)].name;
}

}  // namespace sentix::protocol
