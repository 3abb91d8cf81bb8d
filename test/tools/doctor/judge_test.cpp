#include "tools/sentix/doctor/judge.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <optional>
#include <string>

namespace sentix::tools {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kGiB = 1ULL << 30;

TEST_CASE("descriptors: one for each client, and some for the server") {
  CHECK(judge_descriptors(1000, 1024 + 64).verdict == Verdict::ok);
  const Finding few = judge_descriptors(1000, 1024);
  CHECK(few.verdict == Verdict::problem);
  CHECK(few.message == "max_clients is 1000, and a process may have 1024 descriptors");
  CHECK(judge_descriptors(0, 1'000'000).verdict == Verdict::warning);
}

TEST_CASE("an address is free, one's own, or somebody else's") {
  struct Row {
    int error;
    std::string owner;
    Verdict verdict;
    std::string message;
  };
  for (const Row& row : {
           Row{0, "", Verdict::ok, "a:1 is free"},
           Row{EADDRINUSE, "sentix, process 12", Verdict::ok, "a:1 is listened on by sentix, process 12"},
           Row{EADDRINUSE, "nginx, process 12", Verdict::problem, "a:1 is taken by nginx, process 12"},
           Row{EADDRINUSE, "", Verdict::warning, "a:1 is taken by a process that this user may not look into"},
           Row{EACCES, "", Verdict::problem, "a:1 cannot be listened on: Permission denied"},
           Row{EADDRNOTAVAIL, "", Verdict::problem, "a:1 cannot be listened on: Cannot assign requested address"},
       }) {
    const Finding finding = judge_address("a:1", row.error, row.owner);
    CAPTURE(row.message);
    CHECK(finding.verdict == row.verdict);
    CHECK(finding.message == row.message);
    CHECK(finding.advice.empty() == (row.verdict == Verdict::ok));
  }
}

TEST_CASE("the kernel's limits are held against max_clients") {
  CHECK(judge_kernel({}, 1000).empty());
  CHECK(worst(judge_kernel({.somaxconn = 4096, .conntrack_max = 2000, .tcp_mem_bytes = kGiB}, 1000)) == Verdict::ok);
  CHECK(worst(judge_kernel({.somaxconn = 128, .conntrack_max = std::nullopt, .tcp_mem_bytes = std::nullopt}, 1000)) ==
        Verdict::warning);
  CHECK(worst(judge_kernel({.somaxconn = 128, .conntrack_max = std::nullopt, .tcp_mem_bytes = std::nullopt}, 100)) ==
        Verdict::ok);
  CHECK(worst(judge_kernel({.somaxconn = std::nullopt, .conntrack_max = 1999, .tcp_mem_bytes = std::nullopt}, 1000)) ==
        Verdict::warning);
  const Findings memory =
      judge_kernel({.somaxconn = std::nullopt, .conntrack_max = std::nullopt, .tcp_mem_bytes = kGiB}, 200'000);
  CHECK(memory.front().verdict == Verdict::warning);
  CHECK(memory.front().message == "net.ipv4.tcp_mem allows 1024 MiB of all sockets");
  CHECK(memory.front().advice == "raise it: max_clients want about 1562 MiB");
}

TEST_CASE("a data directory") {
  DataFolder folder{.path = "/d", .exists = true, .writable = true, .in_use = false, .free_bytes = 2 * kGiB};
  CHECK(judge_data_folder(folder).message == "data_dir /d has 2048 MiB left");
  folder.in_use = true;
  CHECK(judge_data_folder(folder).message == "data_dir /d has 2048 MiB left, and a running server has it");
  folder.free_bytes = kGiB - 1;
  CHECK(judge_data_folder(folder).verdict == Verdict::warning);
  folder.free_bytes = (64 << 20) - 1;
  CHECK(judge_data_folder(folder).verdict == Verdict::problem);
  folder.writable = false;
  CHECK(judge_data_folder(folder).message == "data_dir /d cannot be written");
  folder.exists = false;
  CHECK(judge_data_folder(folder).message == "data_dir /d cannot be made");
}

TEST_CASE("clocks that differ by more than the leeway are a problem") {
  CHECK(judge_clock(true, std::nullopt, 30s).verdict == Verdict::ok);
  CHECK(judge_clock(false, std::nullopt, 30s).verdict == Verdict::warning);
  CHECK(judge_clock(true, 2s, 30s).verdict == Verdict::ok);
  CHECK(judge_clock(true, -2s, 30s).message == "it agrees with the server's");
  CHECK(judge_clock(true, 3s, 30s).message == "the server's clock is 3 s ahead");
  CHECK(judge_clock(true, -30s, 30s).verdict == Verdict::warning);
  CHECK(judge_clock(true, -31s, 30s).message == "the server's clock is 31 s behind");
  CHECK(judge_clock(true, -31s, 30s).verdict == Verdict::problem);
}

TEST_CASE("pings come before a proxy loses patience") {
  CHECK(judge_pings(30s, 20s).verdict == Verdict::ok);
  CHECK(judge_pings(40s, 20s).verdict == Verdict::warning);
  CHECK(judge_pings(0s, 20s).verdict == Verdict::warning);
}

TEST_CASE("each way of not upgrading has its advice") {
  for (const unsigned status : {0U, 101U, 200U, 301U, 400U, 401U, 403U, 404U, 426U, 429U, 500U, 502U, 503U, 504U}) {
    CAPTURE(status);
    const Finding finding = judge_refusal(status, "how");
    CHECK(finding.verdict == Verdict::problem);
    CHECK(finding.message == "how");
    CHECK_FALSE(finding.advice.empty());
  }
  CHECK(judge_refusal(200, "").advice.starts_with("the upgrade is lost on the way"));
  CHECK(judge_refusal(426, "").advice == judge_refusal(200, "").advice);
  CHECK(judge_refusal(308, "").advice == judge_refusal(301, "").advice);
  CHECK(judge_refusal(0, "").advice.starts_with("is the address right"));
}

TEST_CASE("the worst decides, and both forms tell all") {
  const Findings findings{{"a", Verdict::ok, "is well"}, {"b", Verdict::warning, "is \"odd\"", "look"}};
  CHECK(worst({}) == Verdict::ok);
  CHECK(worst(findings) == Verdict::warning);
  CHECK(findings_text(findings) == "ok       a: is well\nwarning  b: is \"odd\"\n         -> look\n");
  CHECK(findings_json(findings) ==
        R"({"verdict":"warning","findings":[{"check":"a","verdict":"ok","message":"is well","advice":""},)"
        R"({"check":"b","verdict":"warning","message":"is \"odd\"","advice":"look"}]})"
        "\n");
}

}  // namespace
}  // namespace sentix::tools
