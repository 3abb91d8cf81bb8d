#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>

#include "core/remote_broker.h"
#include "core/tls/tls_error.h"
#include "tools/sentix/client/websocket_client.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/doctor/judge.h"
#include "tools/sentix/doctor/judge_certificate.h"
#include "tools/sentix/doctor/judge_redis.h"
#include "tools/sentix/doctor/port_owner.h"
#include "tools/sentix/run_server.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/signals.h"

namespace sentix::tools {

namespace {

constexpr std::chrono::seconds kPatience{10};

struct DoctorWords {
  std::string url;
  TlsTrust trust;
  bool json = false;
};

void append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::uint64_t hard_descriptor_limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : std::numeric_limits<std::uint64_t>::max();
}

// Tries to listen where the server would. An address that is no literal one is left to the start.
std::optional<Finding> look_at_address(const core::Options& server) {
  sockaddr_storage address{};
  socklen_t size = 0;
  if (auto& ipv4 = reinterpret_cast<sockaddr_in&>(address); inet_pton(AF_INET, server.host.c_str(), &ipv4.sin_addr)) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(server.port);
    size = sizeof ipv4;
  } else if (auto& ipv6 = reinterpret_cast<sockaddr_in6&>(address);
             inet_pton(AF_INET6, server.host.c_str(), &ipv6.sin6_addr)) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(server.port);
    size = sizeof ipv6;
  } else {
    return std::nullopt;
  }
  const core::FileDescriptor fd(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool good =
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0 && ::listen(fd.get(), 1) == 0;
  const int error = good ? 0 : errno;
  return judge_address(join_authority(server.host, server.port), error, good ? "" : port_owner(server.port));
}

std::optional<std::uint64_t> number_in(const char* path, int column = 0) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  for (int i = 0; i <= column; ++i) {
    file >> number;
  }
  return file ? std::optional(number) : std::nullopt;
}

KernelLimits kernel_limits() {
  KernelLimits limits;
  limits.somaxconn = number_in("/proc/sys/net/core/somaxconn");
  limits.conntrack_max = number_in("/proc/sys/net/netfilter/nf_conntrack_max");
  if (const auto pages = number_in("/proc/sys/net/ipv4/tcp_mem", 2)) {
    limits.tcp_mem_bytes = *pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return limits;
}

// Without making anything: the server makes the folder.
DataFolder look_at_folder(const std::string& path) {
  DataFolder folder{.path = path};
  folder.exists = ::access(path.c_str(), F_OK) == 0;
  const std::size_t slash = path.rfind('/', path.find_last_not_of('/'));
  const std::string above = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const std::string& judged = folder.exists ? path : above;
  folder.writable = ::access(judged.c_str(), W_OK | X_OK) == 0;
  struct statvfs system {};
  if (::statvfs(judged.c_str(), &system) == 0) {
    folder.free_bytes = static_cast<std::uint64_t>(system.f_bavail) * system.f_frsize;
  }
  const core::FileDescriptor lock(::open((path + "/sentix.lock").c_str(), O_RDONLY | O_CLOEXEC));
  folder.in_use = lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  return folder;
}

Findings look_at_redis(const core::Options& server) {
  const core::RedisOptions& options = server.redis;
  const bool syncs = std::any_of(server.channels.begin(), server.channels.end(),
                                 [](const auto& channel) { return channel.second.synced(); });
  Findings findings;
  for (const core::RedisSelfReport& report : core::examine_redis(options, kPatience)) {
    findings.push_back(judge_redis(report, syncs ? options.sync_replicas : 0));
  }
  return findings;
}

Findings look_at_certificates(const Settings& settings, const std::string& host) {
  Findings findings;
  for (const core::CertificateFiles& files : tls_options(settings).certificates) {
    try {
      append(findings, judge_certificate(core::load_certificate(files), host, std::time(nullptr)));
    } catch (const core::TlsError& error) {
      findings.push_back(
          {"certificate", Verdict::problem, error.what(), "set the paths of a chain and of its own key"});
    }
  }
  return findings;
}

// How far the clock of whoever answered is ahead, by the Date of its answer (RFC 9110 §6.6.1), to the second.
std::optional<std::chrono::seconds> clock_ahead(const std::string& answer) {
  constexpr std::string_view kName = "\r\nDate: ";
  const std::size_t at = answer.find(kName);
  std::tm parts{};
  if (at == std::string::npos ||
      strptime(answer.c_str() + at + kName.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) {
    return std::nullopt;
  }
  return std::chrono::seconds(timegm(&parts) - std::time(nullptr));
}

bool clock_is_kept() {
  timex state{};
  return adjtimex(&state) != TIME_ERROR;
}

// A handshake, the server's first message, and one there and back. `answer` becomes the head of the answer.
Finding look_at_url(const ServerUrl& url, const TlsTrust& trust, std::string& answer) {
  try {
    WebSocketClient client(url, trust, kPatience);
    answer = client.answer();
    const auto first = client.receive(std::chrono::steady_clock::now() + kPatience);
    if (!first) {
      return {"upgrade", Verdict::problem, url.text + " upgrades, and then nothing comes",
              "a proxy keeps back what is sent: proxy_buffering off"};
    }
    if (!first->starts_with(R"({"type":"welcome")")) {
      return {"upgrade", Verdict::problem, "who answers at " + url.text + " does not speak the sentix protocol",
              "look at where the proxy passes it on to"};
    }
    client.send(R"({"type":"ping","id":"doctor"})");
    if (!client.receive(std::chrono::steady_clock::now() + kPatience)) {
      return {"upgrade", Verdict::problem, url.text + " does not answer a ping",
              "a proxy keeps back what is sent: proxy_request_buffering off, proxy_buffering off"};
    }
    return {"upgrade", Verdict::ok, url.text + " upgrades, and messages come and go"};
  } catch (const ConnectionEnded& end) {
    return judge_refusal(end.status, url.text + ": " + end.what());
  }
}

int examine(const DoctorWords& words, const SettingsInput& input) {
  unblock_signals();
  const LoadedSettings loaded = load_settings(input);
  if (print_report(loaded.report) != 0) {
    throw std::runtime_error("the settings are wrong: nothing else was looked at");
  }
  const Settings& settings = loaded.settings;
  const core::Options& server = settings.server;
  const std::uint64_t clients = server.max_clients;
  Findings findings{judge_descriptors(clients, hard_descriptor_limit())};
  if (const auto address = look_at_address(server)) {
    findings.push_back(*address);
  }
  append(findings, judge_kernel(kernel_limits(), clients));
  if (!server.data_dir.empty()) {
    findings.push_back(judge_data_folder(look_at_folder(server.data_dir)));
  }
  if (server.redis.enabled()) {
    append(findings, look_at_redis(server));
  }
  std::string answer;
  std::string host;
  if (!words.url.empty()) {
    const ServerUrl url = parse_server_url(words.url);
    host = url.host;
    findings.push_back(look_at_url(url, words.trust, answer));
  }
  append(findings, look_at_certificates(settings, host));
  findings.push_back(judge_pings(server.ping_interval, server.pong_timeout));
  findings.push_back(judge_clock(clock_is_kept(), clock_ahead(answer),
                                 std::chrono::duration_cast<std::chrono::seconds>(settings.jwt.rules.leeway)));
  std::cout << (words.json ? findings_json(findings) : findings_text(findings));
  return worst(findings) == Verdict::problem ? 1 : 0;
}

}  // namespace

void add_doctor_command(CLI::App& app, SettingsInput& input, Action& chosen) {
  const auto words = std::make_shared<DoctorWords>();
  CLI::App* const command =
      app.add_subcommand("doctor", "Look for what would keep the server from working well, and say what to change.");
  command->add_option("--url", words->url, "Where clients connect to: through the proxy, where there is one.");
  command->add_flag("--json", words->json, "Print what was found as JSON.");
  command->add_option("--ca", words->trust.ca_file, "Certificates to trust by wss://. Without: the system's.")
      ->type_name("FILE");
  command->add_flag("--insecure", words->trust.anybody, "Do not ask for a good certificate by wss://.");
  add_setting_flags(*command, input);
  command->footer(
      "Looks at the limit of descriptors, the address, the kernel, the data directory, Redis, certificates and the\n"
      "clock; with --url also at what a proxy lets through. Takes the flags of serve. Run it as the user of the "
      "server.\n\n"
      "Example:\n"
      "  sentix doctor --url wss://chat.example.com/\n\n"
      "Status: 0 no problem, though perhaps warnings; 1 problems, or wrong settings; 2 wrong usage.");
  command->callback([&input, &chosen, words] { chosen = [&input, words] { return examine(*words, input); }; });
}

}  // namespace sentix::tools
