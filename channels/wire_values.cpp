#include "channels/wire_values.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sentix::channels {

protocol::Position to_wire(const Position& position) {
  return {position.epoch, position.offset};
}

Position from_wire(const protocol::Position& position) {
  return {std::string(position.epoch), position.offset};
}

protocol::Member to_wire(const Member& member) {
  const std::string_view info = member.info.empty() ? std::string_view("{}") : member.info;
  return {member.user, info, static_cast<std::uint32_t>(member.connections)};
}

std::vector<protocol::Member> to_wire(const std::vector<Member>& members) {
  std::vector<protocol::Member> shown;
  shown.reserve(members.size());
  for (const Member& member : members) shown.push_back(to_wire(member));
  return shown;
}

}  // namespace sentix::channels
