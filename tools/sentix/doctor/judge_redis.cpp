#include "tools/sentix/doctor/judge_redis.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "core/redis/redis_info.h"

namespace sentix::tools {

namespace {

constexpr unsigned kVersionMin = 7;  // the first with what the scripts need, and with sharded channels
constexpr std::chrono::milliseconds kSlow{5};

// 7 of "7.0.15"; 0 of what is no number.
unsigned leading_number(std::string_view text) {
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string in_milliseconds(std::chrono::microseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(time.count()) / 1000);
  return text.data();
}

}  // namespace

Finding judge_redis(const core::RedisSelfReport& report, unsigned sync_replicas) {
  const auto finding = [](Verdict verdict, std::string message, std::string advice = {}) {
    return Finding{"redis", verdict, std::move(message), std::move(advice)};
  };
  if (!report.problem.empty()) {
    return finding(Verdict::problem, report.where + ": " + report.problem,
                   "look at redis_url, its user and password, redis_ca where it is TLS, and whether that Redis runs");
  }
  const auto field = [&report](std::string_view name) {
    return std::string(core::redis_info_field(report.info, name));
  };
  const std::string version = field("redis_version");
  const std::string is = report.where + " is Redis " + version;
  if (leading_number(version) < kVersionMin) {
    return finding(Verdict::problem, is, "take Redis " + std::to_string(kVersionMin) + " or later");
  }
  if (const bool of_cluster = field("cluster_enabled") == "1"; of_cluster != report.as_of_cluster) {
    return finding(Verdict::problem, is + (of_cluster ? ", one of a Cluster's nodes" : ", and no node of a Cluster"),
                   std::string("begin redis_url with redis") + (of_cluster ? "+cluster://" : "://"));
  }
  const bool is_master = field("role") == "master";
  if (!is_master && !report.as_of_cluster) {
    return finding(Verdict::problem, is + ", a replica of " + field("master_host") + ":" + field("master_port"),
                   "set redis_url to the master, or better to Sentinels, who know which it is: redis+sentinel://");
  }
  if (const std::string replicas = field("connected_slaves"); is_master && leading_number(replicas) < sync_replicas) {
    return finding(Verdict::problem, is + " with " + replicas + " replicas: what is published to synced channels fails",
                   "give it replicas, or lower redis_sync_replicas, which is " + std::to_string(sync_replicas));
  }
  const std::string policy = field("maxmemory_policy");
  if (field("maxmemory") != "0" && policy != "noeviction") {
    return finding(Verdict::warning, is + ", which forgets keys when its memory is full: maxmemory-policy is " + policy,
                   "set maxmemory-policy noeviction: then publishers are told, and no history loses what it has");
  }
  if (report.round_trip > kSlow) {
    return finding(Verdict::warning, is + ", and takes " + in_milliseconds(report.round_trip) + " to answer",
                   "each publication waits for that: have it nearer, or look at its load (redis-cli --latency)");
  }
  const std::string role = is_master ? ", a master (replicas: " + field("connected_slaves") + ")" : ", a replica";
  return finding(Verdict::ok, is + role + "; it answers in " + in_milliseconds(report.round_trip) + ", and " +
                                  (field("aof_enabled") == "1" ? "keeps what it is told (appendonly)"
                                                               : "may lose histories when it ends (no appendonly)"));
}

}  // namespace sentix::tools
