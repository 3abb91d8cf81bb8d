#include "tools/load/fanout_scenario.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "tools/load/sentix_messages.h"

namespace sentix::load {

namespace {

// A time in a publication: 16 hexadecimal digits.
constexpr std::size_t kTimeDigits = 16;

std::string time_text(std::uint64_t time) {
  std::array<char, kTimeDigits> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), time, 16).ptr;
  const std::string text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return std::string(kTimeDigits - text.size(), '0') + text;
}

std::optional<std::uint64_t> read_time(std::string_view text) {
  std::uint64_t time = 0;
  const char* const end = text.data() + kTimeDigits;
  if (text.size() < kTimeDigits || std::from_chars(text.data(), end, time, 16).ptr != end) {
    return std::nullopt;
  }
  return time;
}

}  // namespace

FanoutScenario::FanoutScenario(const Options& options, std::size_t rooms, std::size_t thread, Fleet& fleet)
    : Scenario(options, fleet) {
  for (std::size_t i = 0; i < rooms; ++i) {
    const std::size_t number = i * options.threads + thread;
    rooms_.push_back({.number = number, .channel = channel_of_room(options.channel, number)});
  }
}

void FanoutScenario::add_client() {
  Client& client = fleet_.add();
  const bool elsewhere = is_publisher(client) && options_.publish_target;
  const Target& target = elsewhere ? *options_.publish_target : options_.target;
  fleet_.connect(client, target, path_of_room(target.path, rooms_[room_index(client)].number));
}

void FanoutScenario::start() {
  running_ = true;
  for (std::size_t i = 0; i < fleet_.size(); ++i) {
    if (is_slow(fleet_.at(i))) {
      fleet_.at(i).read(false);
    }
  }
  if (options_.rate > 0 && !rooms_.empty()) {
    pacer_.emplace(fleet_.loop(), options_.rate / static_cast<double>(options_.threads),
                   [this](std::uint64_t time) { publish(turn_++ % rooms_.size(), time); });
    pacer_->start();
    return;
  }
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    publish_what_may_be_under_way(i);
  }
}

// Slow readers read on now, so that they learn what the server thought of them.
void FanoutScenario::stop() {
  running_ = false;
  if (pacer_) {
    pacer_->stop();
  }
  for (std::size_t i = 0; i < fleet_.size(); ++i) {
    if (is_slow(fleet_.at(i))) {
      fleet_.at(i).read(true);
    }
  }
}

void FanoutScenario::ended(Client& client, const std::string& how) {
  if (is_slow(client)) {
    fleet_.meter().ended("slow reader: " + how);
  } else {
    Scenario::ended(client, how);
  }
}

void FanoutScenario::opened(Client& /*client*/) {
  if (options_.plain) {
    fleet_.meter().ready.add();
  }
}

void FanoutScenario::received(Client& client, std::span<std::byte> payload) {
  if (options_.plain || type_of(payload) == "message") {
    delivered(client, payload);
    return;
  }
  enter(client, payload, rooms_[room_index(client)].channel, fleet_.meter());
}

void FanoutScenario::delivered(Client& client, std::span<const std::byte> payload) {
  constexpr std::string_view kData = R"("data":")";
  const std::string_view message = text_of(payload);
  if (!options_.plain && message.substr(std::min(data_at_, message.size()), kData.size()) != kData) {
    data_at_ = std::min(message.find(kData), message.size());
  }
  const std::size_t time_at = options_.plain ? 0 : std::min(data_at_ + kData.size(), message.size());
  const auto published_at = read_time(message.substr(time_at));
  if (!published_at) {
    fleet_.meter().failed("a delivery is not what was published");
    return;
  }
  if (batch_time_ == 0) {
    batch_time_ = now();
  }
  fleet_.meter().latency.record(batch_time_ - std::min(batch_time_, *published_at));
  fleet_.meter().received.add();
  if (!is_publisher(client) && !is_slow(client)) {
    ++rooms_[room_index(client)].delivered;
  }
}

void FanoutScenario::caught_up(Client& client) {
  batch_time_ = 0;
  if (options_.rate == 0 && running_) {
    publish_what_may_be_under_way(room_index(client));
  }
}

void FanoutScenario::publish(std::size_t room, std::uint64_t time) {
  const std::string& channel = rooms_[room].channel;
  const std::string digits = time_text(time);
  Bytes frame;
  if (options_.plain) {
    std::string text = digits;
    text.resize(std::max(options_.bytes, text.size()), 'x');
    frame = client_frame(protocol::Opcode::text, std::as_bytes(std::span(text)));
  } else {
    frame = publish_frame(channel, json_string(options_.bytes, digits), false);
  }
  const auto bytes = std::make_shared<const Bytes>(std::move(frame));
  publisher_of(room).send(bytes, bytes->size());
  ++rooms_[room].published;
  fleet_.meter().sent.add();
}

void FanoutScenario::publish_what_may_be_under_way(std::size_t index) {
  const Room& room = rooms_[index];
  const std::uint64_t readers = options_.subscribers - options_.slow;
  while (room.published - room.delivered / readers < options_.in_flight && publisher_of(index).open()) {
    publish(index, now());
  }
}

}  // namespace sentix::load
