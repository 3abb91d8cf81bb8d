#include "core/storage_session.h"

#include <cerrno>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace sentix::core {
namespace {

using channels::StoredChannel;
using Restored = channels::MemoryBroker::Restored;

void restore(Shared& shared, Database& database) {
  std::vector<Operation> changes;
  const auto now = std::chrono::steady_clock::now();
  database.load([&](StoredChannel stored) {
    if (stored.uncertain) {
      stored.top.epoch = channels::make_epoch();
    }
    const Restored restored = shared.memory_broker->restore(stored, shared.rules.find(stored.name), now);
    if (restored == Restored::memory) {
      changes.emplace_back(ForgetOperation{stored.name});
    } else if (restored == Restored::durable && stored.uncertain) {
      shared.log(LogLevel::warning, "the channel " + stored.name +
                                        " may have lost its newest publications when the machine lost its power: it "
                                        "has a new epoch");
      changes.emplace_back(ReplaceOperation{std::move(stored)});
    } else if (restored == Restored::unknown) {
      shared.log(LogLevel::warning, "the data directory has the channel " + stored.name +
                                        ", which no setting makes persistent any more: it is left there");
    }
  });
  database.write(changes, true);
  database.begin_session();
}

std::size_t bytes_of(const StoredChannel& channel) {
  std::size_t bytes = 0;
  for (const channels::StoredPublication& publication : channel.publications) {
    bytes += sizeof(publication) + publication.data.size();
  }
  return bytes;
}

// In pieces, so that what is copied of the histories is bounded too.
void store_rest(channels::MemoryBroker& broker, Database& database) {
  constexpr std::size_t kPieceBytes = std::size_t{16} << 20;
  std::vector<Operation> piece;
  std::size_t bytes = 0;
  broker.store_rest(std::chrono::steady_clock::now(), [&](StoredChannel channel) {
    bytes += sizeof(Operation) + bytes_of(channel);
    piece.emplace_back(ReplaceOperation{std::move(channel)});
    if (bytes > kPieceBytes) {
      database.write(piece, false);
      piece.clear();
      bytes = 0;
    }
  });
  database.write(piece, true);
}

}  // namespace

StorageSession::StorageSession(Shared& shared) : shared_(shared) {
  if (!shared.storage) {
    return;
  }
  const ConfigurationPtr configuration = shared.configuration.get();
  const std::string& data_dir = configuration->options.data_dir;
  auto database = open_database(data_dir);
  try {
    restore(shared, *database);
  } catch (const std::runtime_error& error) {
    throw std::system_error(EINVAL, std::generic_category(), "cannot read data_dir " + data_dir + ": " + error.what());
  }
  shared.storage->start(std::move(database), *shared.memory_broker);
}

StorageSession::~StorageSession() {
  if (!shared_.storage) {
    return;
  }
  const auto database = shared_.storage->stop();
  try {
    store_rest(*shared_.memory_broker, *database);
    database->end_session();
  } catch (...) {
    shared_.log_thrown("channels of durability memory are not stored, and begin anew");
  }
}

}  // namespace sentix::core
