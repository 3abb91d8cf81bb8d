#include "core/admin/metrics_page.h"

#include <uv.h>

#include <array>

#include "core/admin/health.h"
#include "core/admin/prometheus_text.h"
#include "core/version.h"

namespace sentix::core {
namespace {

using Buckets = PrometheusText::Buckets;

std::string worker_label(std::size_t index) {
  return label("worker", std::to_string(index));
}

double seconds_of(const uv_timeval_t& time) {
  constexpr double kMicro = 1e-6;
  return static_cast<double>(time.tv_sec) + kMicro * static_cast<double>(time.tv_usec);
}

// One number each.
void write_server(PrometheusText& text, const AdminContext& context) {
  const Shared& shared = context.shared;
  text.family("sentix_build_info", "gauge", "Always 1; the label tells the version.");
  text.sample(label("version", version()), std::uint64_t{1});
  const auto began = std::chrono::duration<double>(context.began.time_since_epoch());
  text.family("sentix_start_time_seconds", "gauge", "When the server began, as seconds since 1970.");
  text.sample("", began.count());
  text.family("sentix_ready", "gauge", "Whether new clients are welcome: what /ready tells.");
  text.sample("", std::uint64_t{not_ready(shared).empty()});
  text.family("sentix_connections", "gauge", "Clients that are connected.");
  text.sample("", std::uint64_t{shared.admission.clients()});
  text.family("sentix_connections_max", "gauge", "The setting max_clients; 0 is no limit.");
  text.sample("", std::uint64_t{shared.configuration.get()->options.max_clients});
  text.family("sentix_channels", "gauge", "Channels that exist.");
  text.sample("", std::uint64_t{shared.broker->channel_count()});
  std::size_t resident = 0;
  uv_resident_set_memory(&resident);
  text.family("sentix_resident_memory_bytes", "gauge", "Memory of the process that is resident.");
  text.sample("", std::uint64_t{resident});
  uv_rusage_t usage{};
  uv_getrusage(&usage);
  text.family("sentix_cpu_seconds_total", "counter", "Processor time of the process, of user and system.");
  text.sample("", seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
}

// A counter of each worker.
struct WorkerCounter {
  std::string_view name;
  std::string_view help;
  Counter WorkerMetrics::*counter;
};

constexpr std::array kWorkerCounters{
    WorkerCounter{"sentix_connections_accepted_total", "Connections, whatever became of them.",
                  &WorkerMetrics::accepted},
    WorkerCounter{"sentix_connections_upgraded_total", "Connections that became WebSockets.", &WorkerMetrics::upgraded},
    WorkerCounter{"sentix_pages_total", "Requests that were answered with the page.", &WorkerMetrics::pages},
    WorkerCounter{"sentix_messages_received_total", "Messages of clients, text and binary.", &WorkerMetrics::messages},
    WorkerCounter{"sentix_message_bytes_received_total", "Bytes of these messages.", &WorkerMetrics::message_bytes},
    WorkerCounter{"sentix_received_bytes_total", "Bytes from sockets, inside of TLS.", &WorkerMetrics::received_bytes},
    WorkerCounter{"sentix_sent_bytes_total", "Bytes to sockets, inside of TLS.", &WorkerMetrics::sent_bytes},
    WorkerCounter{"sentix_deliveries_total", "Publications that were queued for a subscriber.",
                  &WorkerMetrics::deliveries},
    WorkerCounter{"sentix_deliveries_dropped_total", "Messages that waited for clients which were closed as too slow.",
                  &WorkerMetrics::dropped},
    WorkerCounter{"sentix_mailbox_losses_total", "How often all clients were closed for want of memory.",
                  &WorkerMetrics::losses},
};

void write_workers(PrometheusText& text, const Shared& shared) {
  for (const WorkerCounter& row : kWorkerCounters) {
    text.family(row.name, "counter", row.help);
    for (std::size_t i = 0; i < shared.metrics.size(); ++i) {
      text.sample(worker_label(i), ((*shared.metrics[i]).*row.counter).value());
    }
  }
  text.family("sentix_mailbox_bytes", "gauge", "What waits for the worker; above mailbox_bytes publishers wait.");
  for (std::size_t i = 0; i < shared.mailboxes.size(); ++i) {
    text.sample(worker_label(i), std::uint64_t{shared.mailboxes[i]->bytes()});
  }
}

// Why connections ended, over all workers: each reason is there from the start, so that its first end is a rise.
void write_endings(PrometheusText& text, const Shared& shared) {
  text.family("sentix_connections_ended_total", "counter", "Connections that ended or were refused, by reason.");
  for (std::size_t i = 0; i < kEndingCount; ++i) {
    std::uint64_t count = 0;
    for (const auto& metrics : shared.metrics) {
      count += metrics->ended[i].value();
    }
    text.sample(label("reason", describe(static_cast<Ending>(i)).name), count);
  }
}

void write_times(PrometheusText& text, const Shared& shared) {
  Buckets handshake;
  Buckets delivery;
  for (const auto& metrics : shared.metrics) {
    handshake.add(metrics->handshake);
    delivery.add(metrics->delivery);
  }
  text.family("sentix_handshake_seconds", "histogram", "From accepting a connection to the response that upgrades it.");
  text.histogram("", handshake);
  text.family("sentix_delivery_seconds", "histogram",
              "From the broker to the outboxes of a worker's subscribers; of one publication in 16.");
  text.histogram("", delivery);
  text.family("sentix_loop_lag_seconds", "histogram", "How much later than asked for a timer of the loop fires.");
  for (std::size_t i = 0; i < shared.metrics.size(); ++i) {
    Buckets lag;
    lag.add(shared.metrics[i]->loop_lag);
    text.histogram(worker_label(i), lag);
  }
}

void write_webhook(PrometheusText& text, const WebhookMetrics& metrics) {
  text.family("sentix_webhook_questions_total", "counter",
              "Questions to the webhook, by what became of them; overloaded: too many waited, and it was not asked.");
  text.sample(label("outcome", "accepted"), metrics.accepted.value());
  text.sample(label("outcome", "refused"), metrics.refused.value());
  text.sample(label("outcome", "unavailable"), metrics.unavailable.value());
  text.sample(label("outcome", "overloaded"), metrics.overloaded.value());
  text.family("sentix_webhook_retries_total", "counter", "How often the webhook was asked again.");
  text.sample("", metrics.retries.value());
  Buckets seconds;
  seconds.add(metrics.seconds);
  text.family("sentix_webhook_seconds", "histogram", "From a question to its answer, waiting and retries included.");
  text.histogram("", seconds);
}

void write_remote_broker(PrometheusText& text, const RemoteBroker& broker) {
  text.family("sentix_redis_up", "gauge", "Whether the Redis that joins several servers can be used.");
  text.sample("", std::uint64_t{broker.problem().empty() ? 1U : 0U});
  text.family("sentix_redis_losses_total", "counter", "How often Redis was lost.");
  text.sample("", broker.losses());
  text.family("sentix_redis_local_publications_total", "counter",
              "Publications that went to this node's subscribers alone, because Redis was not there.");
  text.sample("", broker.local_publications());
  text.family("sentix_redis_dropped_total", "counter",
              "What other nodes published to channels without a history, and for which mailbox_bytes left no room.");
  text.sample("", broker.dropped());
}

void write_admin(PrometheusText& text, const AdminContext& context) {
  text.family("sentix_admin_answers_total", "counter", "Answers of the admin listener, by HTTP status.");
  for (const auto& [status, count] : context.answers) {
    text.sample(label("status", std::to_string(status)), count);
  }
  text.family("sentix_admin_publications_total", "counter", "Publications by the HTTP API.");
  text.sample("", context.publications);
  text.family("sentix_admin_connections_made_way_total", "counter",
              "Connections to the admin listener that were too many: admin_connections.");
  text.sample("", context.made_way);
}

}  // namespace

std::string metrics_page(const AdminContext& context) {
  PrometheusText text;
  write_server(text, context);
  write_workers(text, context.shared);
  write_endings(text, context.shared);
  write_times(text, context.shared);
  write_webhook(text, context.shared.webhook.metrics());
  if (context.shared.remote_broker != nullptr) {
    write_remote_broker(text, *context.shared.remote_broker);
  }
  write_admin(text, context);
  return text.take();
}

void answer_metrics(AdminContext& context, const AdminRequest&, const AdminReply& reply) {
  reply({.body = metrics_page(context), .content_type = "text/plain; version=0.0.4; charset=utf-8"});
}

}  // namespace sentix::core
