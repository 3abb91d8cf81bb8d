#include "core/admin/stats.h"

#include <uv.h>

#include <array>
#include <cmath>

#include "core/admin/health.h"
#include "core/admin/prometheus_text.h"
#include "protocol/json_writer.h"

namespace sentix::core {
namespace {

using protocol::JsonWriter;

constexpr std::size_t kBytes = 4096;  // an estimate
constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kNsPerUs = 1000;

std::uint64_t ms_of(const uv_timeval_t& time) {
  constexpr std::int64_t kMs = 1000;
  return static_cast<std::uint64_t>(time.tv_sec * kMs + time.tv_usec / kMs);
}

void write_moment(JsonWriter& out, const AdminContext& context) {
  const Shared& shared = context.shared;
  std::size_t resident = 0;
  uv_resident_set_memory(&resident);
  uv_rusage_t usage{};
  uv_getrusage(&usage);
  std::uint64_t waiting = 0;
  for (const auto& mailbox : shared.mailboxes) {
    waiting += mailbox->bytes();
  }
  out.key("clock_ms").number(uv_hrtime() / kNsPerMs).key("ready").boolean(not_ready(shared).empty());
  out.key("clients").number(shared.admission.clients());
  out.key("clients_max").number(shared.configuration.get()->options.max_clients);
  out.key("channels").number(shared.broker->channel_count());
  out.key("resident_bytes").number(resident).key("cpu_ms").number(ms_of(usage.ru_utime) + ms_of(usage.ru_stime));
  out.key("mailbox_bytes").number(waiting);
}

struct Total {
  std::string_view name;
  Counter WorkerMetrics::*counter;
};

constexpr std::array kTotals{
    Total{"accepted", &WorkerMetrics::accepted},
    Total{"upgraded", &WorkerMetrics::upgraded},
    Total{"messages", &WorkerMetrics::messages},
    Total{"message_bytes", &WorkerMetrics::message_bytes},
    Total{"deliveries", &WorkerMetrics::deliveries},
    Total{"dropped", &WorkerMetrics::dropped},
    Total{"received_bytes", &WorkerMetrics::received_bytes},
    Total{"sent_bytes", &WorkerMetrics::sent_bytes},
};

void write_totals(JsonWriter& out, const AdminContext& context) {
  const Shared& shared = context.shared;
  out.key("totals").open('{');
  for (const Total& row : kTotals) {
    std::uint64_t sum = 0;
    for (const auto& metrics : shared.metrics) {
      sum += ((*metrics).*row.counter).value();
    }
    out.key(row.name).number(sum);
  }
  out.key("api_publications").number(context.publications).close('}');
  out.key("ended").open('{');
  for (std::size_t i = 0; i < kEndingCount; ++i) {
    std::uint64_t sum = 0;
    for (const auto& metrics : shared.metrics) {
      sum += metrics->ended[i].value();
    }
    if (sum > 0) {
      out.key(describe(static_cast<Ending>(i)).name).number(sum);
    }
  }
  out.close('}');
}

void write_histogram(JsonWriter& out, std::string_view name, const Shared& shared, Histogram WorkerMetrics::*which) {
  PrometheusText::Buckets buckets;
  for (const auto& metrics : shared.metrics) {
    buckets.add((*metrics).*which);
  }
  out.key(name).open('{').key("sum_us").number(buckets.sum_ns / kNsPerUs).key("counts").open('[');
  for (const std::uint64_t count : buckets.counts) {
    out.number(count);
  }
  out.close(']').close('}');
}

void write_times(JsonWriter& out, const Shared& shared) {
  constexpr double kUsPerSecond = 1e6;
  out.key("bounds_us").open('[');
  for (const double bound : Histogram::kBounds) {
    out.number(static_cast<std::uint64_t>(std::llround(bound * kUsPerSecond)));
  }
  out.close(']');
  write_histogram(out, "handshake", shared, &WorkerMetrics::handshake);
  write_histogram(out, "delivery", shared, &WorkerMetrics::delivery);
  write_histogram(out, "loop_lag", shared, &WorkerMetrics::loop_lag);
}

}  // namespace

void answer_stats(AdminContext& context, const AdminRequest&, const AdminReply& reply) {
  JsonWriter out(kBytes);
  out.open('{');
  write_moment(out, context);
  write_totals(out, context);
  write_times(out, context.shared);
  reply(json_answer(std::move(out.close('}'))));
}

}  // namespace sentix::core
