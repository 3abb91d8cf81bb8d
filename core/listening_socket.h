#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/file_descriptor.h"

namespace sentix::core {

// The sockets of one server before anything is accepted from them.
struct ListeningSockets {
  // For each worker the sockets that it accepts from, one for every address that the host name stands for. On a Unix
  // path there is one socket, and only the first worker has it: it hands the others their share of connections.
  std::vector<std::vector<FileDescriptor>> of_worker;
  std::uint16_t port = 0;  // 0 on a Unix path
  std::string url;         // "ws://127.0.0.1:8080", "wss://[::1]:8080" or "unix:/path"
  std::string unix_path;   // to be removed when nobody is to come any more; empty on TCP
};

struct ListenRequest {
  std::string host;         // an address, a name, or "unix:/path"
  std::uint16_t port = 0;   // 0: a free one
  bool reuse_port = false;  // share the port with processes that listen on it already
  unsigned workers = 1;
  bool tls = false;  // what is spoken there; for the URL alone
};

// Whether a host is meant as the path of a Unix socket: "unix:/path".
[[nodiscard]] bool is_unix_path(const std::string& host);

// Binds and listens. With several workers each gets sockets of its own on the same port (SO_REUSEPORT), and the kernel
// spreads connections over them; so that a second server does not join in by mistake, the first worker's listens alone
// before that option lets the others join it. A Unix socket gets mode 0660; one that a dead server left behind is
// replaced, one that is answered is an error.
//
// Throws std::system_error with a sentence that names the setting (--host or --port) and the address.
ListeningSockets listen_on(const ListenRequest& request);

// What sentences about a path say.
struct PathWords {
  std::string setting;  // that they begin with: "--host unix:/path"
  std::string rival;    // who may listen there: "another program"
};

// One socket that listens on the path of a Unix socket, with such a mode. What a dead process has left behind there is
// replaced; a socket that is answered, or something else than a socket, is an error. Throws std::system_error.
FileDescriptor listen_at_path(const std::string& path, unsigned mode, const PathWords& words);

// Sockets that listen already, opened by a process before this one or by a service manager.
struct InheritedSockets {
  std::vector<FileDescriptor> listening;
  bool with_path = false;  // the path of a Unix socket goes with it, and this server removes it in the end
};

// The same from inherited sockets, `workers` of them shared out: every one is accepted from, because who waits in its
// queue must not be left there, and every worker accepts. The sockets of one address go to the workers in turn; where
// there are fewer of them than workers, several workers have one, each with a descriptor of its own. Then all of these
// wake up for a connection, and the first one gets it.
//
// Throws std::system_error where one of them is no listening stream socket.
ListeningSockets share_out(InheritedSockets inherited, unsigned workers, bool tls);

// Further descriptors of the same sockets. Throws std::system_error where there are none left.
std::vector<FileDescriptor> duplicates(const std::vector<FileDescriptor>& sockets);

}  // namespace sentix::core
