#pragma once

#include "core/shared.h"

namespace sentix::core {

// While it lives, a server's channels are stored in its data directory, if it has one. Made before anybody can publish:
// it loads what is stored (as much as the histories may take, so that the time it takes is bounded, and before any loop
// runs). Destroyed when nobody can publish any more: all that waits is written then, and what only an orderly stop
// stores.
//
// A channel whose durability is memory is taken out of the storage as soon as it is loaded: after an unclean stop it
// begins with a new epoch, and no offset is given twice. So does one that may have lost what was acknowledged, because
// the machine has lost its power and its publications were not fsynced.
class StorageSession {
 public:
  // std::system_error with a sentence that names data_dir.
  explicit StorageSession(Shared& shared);
  ~StorageSession();
  StorageSession(const StorageSession&) = delete;
  StorageSession& operator=(const StorageSession&) = delete;

 private:
  Shared& shared_;
};

}  // namespace sentix::core
