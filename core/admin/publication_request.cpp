#include "core/admin/publication_request.h"

#include <array>
#include <cstddef>

#include "core/admin/json_body.h"
#include "protocol/json_value.h"
#include "protocol/names.h"

namespace sentix::core {
namespace {

// Each channel gets a frame of its own with all of the data.
constexpr std::size_t kBroadcastChannelsMax = 1000;

constexpr std::string_view kChannelRule =
    R"("channel" must be a string of 1 to 200 of A-Z a-z 0-9 _ = @ , . ; : / # -.)";
constexpr std::string_view kDataRule = R"("data" must be given, as any JSON value.)";

// The problem of one of several.
std::string numbered(std::size_t index, const std::string& problem) {
  return "Number " + std::to_string(index + 1) + ": " + problem;
}

}  // namespace

std::string read_publication(std::string_view json, PublicationRequest& request) {
  constexpr static std::array<std::string_view, 3> kNames{"channel", "data", "key"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  request.channel = body.text(0).value_or("");
  if (!protocol::valid_channel_name(request.channel)) {
    return std::string(kChannelRule);
  }
  request.data = body.value(1);
  if (request.data.empty()) {
    return std::string(kDataRule);
  }
  request.key = body.text(2).value_or("");
  if (!body.value(2).empty() && !protocol::valid_publish_key(request.key)) {
    return R"("key" must be a string of 1 to 64 characters.)";
  }
  return {};
}

std::string read_batch(std::string_view json, std::vector<PublicationRequest>& all) {
  constexpr static std::array<std::string_view, 1> kNames{"publications"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  const auto publications = protocol::json_elements(body.value(0));
  if (!publications) {
    return R"("publications" must be given, as an array.)";
  }
  for (const std::string_view publication : *publications) {
    if (const std::string problem = read_publication(publication, all.emplace_back()); !problem.empty()) {
      return numbered(all.size() - 1, problem);
    }
  }
  return {};
}

std::string read_broadcast(std::string_view json, std::vector<PublicationRequest>& all) {
  constexpr static std::array<std::string_view, 2> kNames{"channels", "data"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  const auto channels = protocol::json_elements(body.value(0));
  if (!channels || channels->size() > kBroadcastChannelsMax) {
    return R"("channels" must be given, as an array of at most )" + std::to_string(kBroadcastChannelsMax) + ".";
  }
  if (body.value(1).empty()) {
    return std::string(kDataRule);
  }
  for (const std::string_view channel : *channels) {
    all.push_back({.channel = protocol::json_text(channel).value_or(""), .data = body.value(1), .key = {}});
    if (!protocol::valid_channel_name(all.back().channel)) {
      return numbered(all.size() - 1, std::string(kChannelRule));
    }
  }
  return {};
}

}  // namespace sentix::core
