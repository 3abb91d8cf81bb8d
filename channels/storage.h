#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "channels/position.h"
#include "channels/publication.h"
#include "protocol/message_draft.h"

namespace sentix::channels {

// One publication as it is stored: exactly what its publisher gave, and its place.
struct StoredPublication {
  std::uint64_t offset = 0;
  Time at;                // when it was published; may lie before this process began
  std::string user_json;  // the publisher's name as a JSON string, or empty
  std::string key;        // scoped to its user (ChannelState), or empty
  std::string data;       // the JSON text
};

// All that is stored of one channel. The offsets are dense, and the last one is top.offset unless nothing is left.
struct StoredChannel {
  std::string name;
  Position top;
  std::vector<StoredPublication> publications;  // oldest first
  bool uncertain = false;  // there may have been more, which somebody was told of, and the loss of power has taken it
};

// Where durable channels are written to; core's Storage, or a test's list. It writes what it is handed in the order in
// which it is handed it, later and on a thread of its own, and tells StorageResults of every append.
//
// Any thread may call anything, and does so with a channel's lock held: nothing here waits.
class Storage {
 public:
  // One attempt of one life of a channel to store publications in a row. After one has failed, those that follow it in
  // the same attempt fail too, because offsets are dense.
  struct Attempt {
    Incarnation life = 0;
    std::uint64_t number = 0;

    friend bool operator==(const Attempt&, const Attempt&) = default;
  };

  struct Append {
    std::string channel;
    Position position;  // right behind what is stored of this epoch; 1 where that is nothing: then another epoch's goes
    Time at;
    std::string key;
    protocol::MessageFrame message;  // with user and data
    bool synced = false;             // to survive the loss of power, and not only the end of the process
    Attempt attempt;
  };

  virtual ~Storage() = default;

  // Throws std::bad_alloc alone, and then nothing was handed over.
  virtual void append(Append append) = 0;

  // Publications before `first_kept` are not needed any more; or the whole channel is not. What is lost of this is made
  // good when the channel is loaded or begins anew.
  virtual void trim(std::string_view channel, std::uint64_t first_kept) noexcept = 0;
  virtual void forget(std::string_view channel) noexcept = 0;

  // Whether more is waiting here than should be: who publishes is to be read from more slowly.
  [[nodiscard]] virtual bool congested() const = 0;
};

// Who is told what became of appends: the broker. Called on the storage's thread, with no lock held.
class StorageResults {
 public:
  // Everything of the attempt up to this offset is stored.
  virtual void stored(std::string_view channel, const Storage::Attempt& attempt, std::uint64_t offset) noexcept = 0;

  // Nothing more of the attempt is, or will be.
  virtual void not_stored(std::string_view channel, const Storage::Attempt& attempt) noexcept = 0;

 protected:
  ~StorageResults() = default;
};

}  // namespace sentix::channels
