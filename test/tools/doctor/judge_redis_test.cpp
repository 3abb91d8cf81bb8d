#include "tools/sentix/doctor/judge_redis.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace sentix::tools {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGood =
    "# Server\r\nredis_version:7.0.15\r\n# Replication\r\nrole:master\r\nconnected_slaves:1\r\n"
    "# Memory\r\nmaxmemory:0\r\nmaxmemory_human:0B\r\nmaxmemory_policy:noeviction\r\n"
    "# Persistence\r\naof_enabled:1\r\n# Cluster\r\ncluster_enabled:0\r\n";

core::RedisSelfReport good() {
  core::RedisSelfReport report;
  report.where = "redis://h";
  report.info = kGood;
  report.round_trip = 340us;
  return report;
}

core::RedisSelfReport good_but(std::string_view line, std::string_view other) {
  core::RedisSelfReport report = good();
  report.info.replace(report.info.find(line), line.size(), other);
  return report;
}

void check(const core::RedisSelfReport& report, Verdict verdict, const char* what, unsigned sync_replicas = 0) {
  const Finding finding = judge_redis(report, sync_replicas);
  CAPTURE(finding.message);
  CHECK(finding.verdict == verdict);
  CHECK((finding.message + "|" + finding.advice).find(what) != std::string::npos);
}

TEST_CASE("a Redis that will do says so") {
  CHECK(judge_redis(good()).message ==
        "redis://h is Redis 7.0.15, a master (replicas: 1); it answers in 0.3 ms, and keeps what it is told "
        "(appendonly)");
  check(good_but("aof_enabled:1", "aof_enabled:0"), Verdict::ok, "no appendonly");
}

TEST_CASE("a Redis that will not do is told with what to change") {
  core::RedisSelfReport report = good();
  report.problem = "127.0.0.1:1: Connection refused";
  check(report, Verdict::problem, "redis://h: 127.0.0.1:1: Connection refused");
  check({.where = "redis://h"}, Verdict::problem, "take Redis 7");
  check(good_but("7.0.15", "6.2.1"), Verdict::problem, "take Redis 7");
  check(good_but("role:master", "role:slave\r\nmaster_host:m\r\nmaster_port:6379"), Verdict::problem,
        "a replica of m:6379");
  check(good_but("cluster_enabled:0", "cluster_enabled:1"), Verdict::problem, "redis+cluster://");
}

TEST_CASE("a master needs the replicas that synced channels wait for, and a replica needs none") {
  check(good(), Verdict::ok, "replicas: 1", 1);
  check(good(), Verdict::problem, "with 1 replicas: what is published to synced channels fails|give it replicas", 2);
  check(good(), Verdict::problem, "lower redis_sync_replicas, which is 2", 2);
  core::RedisSelfReport replica = good_but("role:master\r\nconnected_slaves:1", "role:slave\r\nconnected_slaves:0");
  replica.as_of_cluster = true;
  replica.info.replace(replica.info.find("cluster_enabled:0"), 17, "cluster_enabled:1");
  check(replica, Verdict::ok, "a replica", 1);
}

TEST_CASE("a node of a Cluster may be a replica, and has to be of a Cluster") {
  core::RedisSelfReport report = good();
  report.as_of_cluster = true;
  check(report, Verdict::problem, "no node of a Cluster|begin redis_url with redis://");
  report = good_but("cluster_enabled:0", "cluster_enabled:1");
  report.as_of_cluster = true;
  check(report, Verdict::ok, "a master (replicas: 1)");
  report.info.replace(report.info.find("role:master"), 11, "role:slave");
  check(report, Verdict::ok, "a replica");
}

TEST_CASE("a Redis that forgets or dawdles is worth a warning") {
  core::RedisSelfReport report = good_but("maxmemory:0", "maxmemory:1000");
  check(report, Verdict::ok, "");
  report.info.replace(report.info.find("noeviction"), 10, "allkeys-lru");
  check(report, Verdict::warning, "maxmemory-policy is allkeys-lru");
  report = good();
  report.round_trip = 12'340us;
  check(report, Verdict::warning, "takes 12.3 ms to answer");
}

}  // namespace
}  // namespace sentix::tools
