#include "tools/sentix/doctor/judge.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "tools/sentix/descriptor_limit.h"

namespace sentix::tools {

namespace {

constexpr std::uint64_t kSomaxconnWanted = 4096;          // what kernels have had by default since 5.4
constexpr std::uint64_t kKernelBytesOfClient = 8 * 1024;  // of a connection that is idle, sockets' buffers included
constexpr std::uint64_t kFreeBytesLow = 1ULL << 30;
constexpr std::uint64_t kFreeBytesOut = 64ULL << 20;
constexpr std::chrono::seconds kClockNoise{2};
constexpr std::chrono::seconds kProxyIdle{60};  // of nginx, HAProxy's examples, and the load balancers of clouds

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

std::string in_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

Finding judge_descriptors(std::uint64_t max_clients, std::uint64_t limit) {
  if (descriptor_warning(max_clients, limit)) {
    return {"descriptors", Verdict::problem,
            "max_clients is " + std::to_string(max_clients) + ", and a process may have " + std::to_string(limit) +
                " descriptors",
            "raise the hard limit (LimitNOFILE= of the unit, /etc/security/limits.conf), or lower max_clients"};
  }
  if (max_clients == 0) {
    return {"descriptors", Verdict::warning,
            "max_clients is 0, no limit, and a process may have " + std::to_string(limit) + " descriptors",
            "set max_clients to what this machine carries: who is one too many is refused with 503 then"};
  }
  return {"descriptors", Verdict::ok,
          std::to_string(limit) + " are enough for max_clients, " + std::to_string(max_clients)};
}

Finding judge_address(const std::string& address, int error, const std::string& owner) {
  if (error == 0) {
    return {"address", Verdict::ok, address + " is free"};
  }
  if (error == EADDRINUSE && owner.starts_with("sentix,")) {
    return {"address", Verdict::ok, address + " is listened on by " + owner};
  }
  if (error == EADDRINUSE && owner.empty()) {
    return {"address", Verdict::warning, address + " is taken by a process that this user may not look into",
            "where it is no sentix: end it, or choose another --port; root sees who it is"};
  }
  if (error == EADDRINUSE) {
    return {"address", Verdict::problem, address + " is taken by " + owner, "end it, or choose another --port"};
  }
  const std::string message = address + " cannot be listened on: " + std::generic_category().message(error);
  if (error == EACCES) {
    return {"address", Verdict::problem, message,
            "choose a port from 1024 on, or give the unit AmbientCapabilities=CAP_NET_BIND_SERVICE"};
  }
  return {"address", Verdict::problem, message, "set host to an address that this machine has"};
}

Findings judge_kernel(const KernelLimits& limits, std::uint64_t max_clients) {
  Findings findings;
  if (limits.somaxconn) {
    const std::string message = "net.core.somaxconn is " + std::to_string(*limits.somaxconn);
    if (*limits.somaxconn < std::min(kSomaxconnWanted, std::max<std::uint64_t>(max_clients, 1))) {
      findings.push_back({"somaxconn", Verdict::warning, message,
                          "sysctl net.core.somaxconn=4096: who comes while so many wait is dropped"});
    } else {
      findings.push_back({"somaxconn", Verdict::ok, message});
    }
  }
  if (limits.conntrack_max) {
    const bool small = *limits.conntrack_max < 2 * max_clients;
    findings.push_back({"conntrack", small ? Verdict::warning : Verdict::ok,
                        "net.netfilter.nf_conntrack_max is " + std::to_string(*limits.conntrack_max),
                        small ? "raise it to twice max_clients: a full table drops new connections silently" : ""});
  }
  if (limits.tcp_mem_bytes) {
    const bool small = *limits.tcp_mem_bytes / kKernelBytesOfClient < max_clients;
    findings.push_back(
        {"tcp_mem", small ? Verdict::warning : Verdict::ok,
         "net.ipv4.tcp_mem allows " + mebibytes(*limits.tcp_mem_bytes) + " of all sockets",
         small ? "raise it: max_clients want about " + mebibytes(max_clients * kKernelBytesOfClient) : ""});
  }
  return findings;
}

Finding judge_data_folder(const DataFolder& folder) {
  const std::string name = "data_dir " + folder.path;
  if (!folder.writable) {
    return {"data_dir", Verdict::problem, name + (folder.exists ? " cannot be written" : " cannot be made"),
            "let the user that sentix runs as own it, with mode 0700"};
  }
  const std::string left = name + " has " + mebibytes(folder.free_bytes) + " left";
  if (folder.free_bytes < kFreeBytesOut) {
    return {"data_dir", Verdict::problem, left, "make room: what cannot be stored is answered `internal`"};
  }
  if (folder.free_bytes < kFreeBytesLow) {
    return {"data_dir", Verdict::warning, left, "make room, or keep less: history_size, history_bytes"};
  }
  return {"data_dir", Verdict::ok, left + (folder.in_use ? ", and a running server has it" : "")};
}

Finding judge_clock(bool synchronized, std::optional<std::chrono::seconds> ahead, std::chrono::seconds leeway) {
  const std::string advice = "let chrony or systemd-timesyncd keep it: signed tokens are judged by it";
  if (ahead && std::chrono::abs(*ahead) > kClockNoise) {
    const std::string apart = std::to_string(std::chrono::abs(*ahead).count()) + " s";
    const std::string message = "the server's clock is " + apart + (*ahead > kClockNoise ? " ahead" : " behind");
    return {"clock", std::chrono::abs(*ahead) > leeway ? Verdict::problem : Verdict::warning, message, advice};
  }
  if (!synchronized) {
    return {"clock", Verdict::warning, "nothing is known to keep this machine's clock right", advice};
  }
  return {"clock", Verdict::ok, ahead ? "it agrees with the server's" : "it is kept right"};
}

Finding judge_pings(std::chrono::milliseconds ping_interval, std::chrono::milliseconds pong_timeout) {
  if (ping_interval.count() == 0) {
    return {"pings", Verdict::warning, "ping_interval is 0: nothing is sent over a silent connection",
            "set ping_interval to 30s: proxies end silent connections, many after 60 s"};
  }
  const std::string both = "ping_interval and pong_timeout are " + in_seconds(ping_interval + pong_timeout);
  if (ping_interval + pong_timeout >= kProxyIdle) {
    return {"pings", Verdict::warning, both + " together",
            "make them less than a proxy's idle timeout, which is 60 s for many, or raise that (proxy_read_timeout)"};
  }
  return {"pings", Verdict::ok, both + " together: an idle timeout of 60 s in a proxy is longer"};
}

Finding judge_refusal(unsigned status, const std::string& how) {
  struct Row {
    unsigned first;
    unsigned last;
    std::string_view advice;
  };
  constexpr std::array<Row, 9> kRows{{
      {101, 101, "let the proxy pass the answer on as it is: Upgrade, Connection, Sec-WebSocket-Accept"},
      {300, 399, "use the address that it leads to, with wss:// where that is https://"},
      {401, 403, "look at origins, allow, deny and the proxy's own rules; the server's log says which it was"},
      {404, 404, "the path is / or /ws; a proxy must pass it on"},
      {426, 426, "the upgrade is lost on the way: pass on Upgrade and Connection, with HTTP/1.1"},
      {429, 429, "max_clients_per_address: behind a proxy, name it in trusted_proxies"},
      {502, 502, "the proxy does not reach sentix: is it running, and on the address that the proxy has?"},
      {503, 503, "the server is full (max_clients, max_resident_bytes) or stopping, or the proxy does not reach it"},
      {504, 504, "the proxy waits for an answer that does not come: pass on Upgrade and Connection, with HTTP/1.1"},
  }};
  const auto* const row = std::find_if(kRows.begin(), kRows.end(),
                                       [status](const Row& one) { return status >= one.first && status <= one.last; });
  const std::string_view page = "the upgrade is lost on the way: pass on Upgrade and Connection, with HTTP/1.1";
  const std::string_view nobody = "is the address right, does sentix run, and does a firewall let it through?";
  return {"upgrade", Verdict::problem, how,
          std::string(row != kRows.end() ? row->advice
                      : status == 0      ? nobody
                                         : page)};
}

}  // namespace sentix::tools
