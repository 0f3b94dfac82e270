// SPDX-License-Identifier: Apache-2.0
#include "server/metrics_page.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <functional>
#include <vector>

namespace tertulia::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class Page {
 public:
  void one(MetricType type, const std::string& name, const std::string& help, double value) {
    family(type, name, help).metric.push_back(metric(type, {}, value));
  }
  /// One series a shard.
  void each(const Shards& shards, MetricType type, const std::string& name, const std::string& help,
            const std::function<double(const ShardThread&)>& read) {
    MetricFamily& all = family(type, name, help);
    for (std::size_t i = 0; i < shards.size(); ++i)
      all.metric.push_back(metric(type, {{"shard", std::to_string(i)}}, read(*shards[i])));
  }
  /// One series a shard and label value.
  void each_by(const Shards& shards, const std::string& name, const std::string& help, const std::string& label,
               const std::vector<std::string>& values,
               const std::function<std::uint64_t(const ShardThread&, std::size_t)>& read) {
    MetricFamily& all = family(MetricType::Counter, name, help);
    for (std::size_t i = 0; i < shards.size(); ++i)
      for (std::size_t k = 0; k < values.size(); ++k)
        all.metric.push_back(metric(MetricType::Counter, {{"shard", std::to_string(i)}, {label, values[k]}},
                                    static_cast<double>(read(*shards[i], k))));
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  MetricFamily& family(MetricType type, const std::string& name, const std::string& help) {
    families_.push_back({"tertulia_" + name, help, type, {}});
    return families_.back();
  }
  static ClientMetric metric(MetricType type, const std::vector<std::pair<std::string, std::string>>& labels,
                             double value) {
    ClientMetric out;
    for (const auto& [name, text] : labels) out.label.push_back({name, text});
    if (type == MetricType::Counter) {
      out.counter.value = value;
    } else {
      out.gauge.value = value;
    }
    return out;
  }
  std::vector<MetricFamily> families_;
};

double number(const base::Counter& counter) { return static_cast<double>(counter.value()); }
double number(const base::Gauge& gauge) { return static_cast<double>(gauge.value()); }

void add_face(Page& page, const Shards& shards) {
  using Read = const base::Counter& (*)(const face::simple::FaceMetrics&);
  struct Row {
    const char* name;
    const char* help;
    Read read;
  };
  using M = face::simple::FaceMetrics;
  const Row rows[] = {
      {"sip_requests_total", "SIP requests received", [](const M& m) -> const base::Counter& { return m.requests; }},
      {"sip_malformed_total", "Messages refused for their form",
       [](const M& m) -> const base::Counter& { return m.malformed; }},
      {"sip_challenged_total", "Requests asked for credentials",
       [](const M& m) -> const base::Counter& { return m.challenged; }},
      {"sign_in_failures_total", "Wrong credentials",
       [](const M& m) -> const base::Counter& { return m.sign_in_failures; }},
      {"locked_out_total", "Requests refused by lock-out",
       [](const M& m) -> const base::Counter& { return m.locked_out; }},
      {"registrations_total", "REGISTER requests accepted",
       [](const M& m) -> const base::Counter& { return m.registrations; }},
      {"messages_in_total", "Messages received from endpoints",
       [](const M& m) -> const base::Counter& { return m.messages_in; }},
      {"messages_out_total", "Messages sent to endpoints",
       [](const M& m) -> const base::Counter& { return m.messages_out; }},
      {"sessions_opened_total", "Message sessions opened",
       [](const M& m) -> const base::Counter& { return m.sessions_opened; }},
      {"closed_by_bound_total", "Connections ended by a named limit",
       [](const M& m) -> const base::Counter& { return m.closed_by_bound; }},
  };
  for (const Row& row : rows)
    page.each(shards, MetricType::Counter, row.name, row.help,
              [&](const ShardThread& shard) { return number(row.read(shard.face_metrics())); });
  page.each_by(shards, "sip_answers_total", "Final and provisional answers sent", "class",
               {"1xx", "2xx", "3xx", "4xx", "5xx", "6xx"},
               [](const ShardThread& shard, std::size_t k) { return shard.face_metrics().answers[k].value(); });
}

void add_presence_and_calls(Page& page, const Shards& shards) {
  const auto presence = [&](MetricType type, const char* name, const char* help, auto field) {
    page.each(shards, type, name, help,
              [field](const ShardThread& shard) { return number(shard.presence_metrics().*field); });
  };
  using P = domain::PresenceMetrics;
  presence(MetricType::Counter, "publications_total", "Published pieces taken over", &P::publications);
  presence(MetricType::Counter, "publications_refused_total", "Published pieces refused", &P::publications_refused);
  presence(MetricType::Counter, "presence_news_total", "News given to watchers", &P::news);
  presence(MetricType::Counter, "presence_coalesced_total", "Changes that were told together with a later one",
           &P::coalesced);
  presence(MetricType::Gauge, "presence_watches", "Watchers of users", &P::watches);
  const auto calls = [&](MetricType type, const char* name, const char* help, auto field) {
    page.each(shards, type, name, help,
              [field](const ShardThread& shard) { return number(shard.call_metrics().*field); });
  };
  using C = domain::CallMetrics;
  calls(MetricType::Counter, "calls_placed_total", "Calls placed", &C::placed);
  calls(MetricType::Counter, "calls_answered_total", "Calls that a device has answered", &C::answered);
  calls(MetricType::Counter, "calls_refused_total", "Calls that nobody took", &C::refused);
  calls(MetricType::Counter, "call_requests_relayed_total", "Requests carried within calls", &C::relayed);
  calls(MetricType::Gauge, "calls", "Calls that ring or are up", &C::calls);
}

void add_transport(Page& page, const Shards& shards) {
  page.each(shards, MetricType::Gauge, "connections", "Open connections",
            [](const ShardThread& shard) { return number(shard.transport_metrics().open); });
  page.each(shards, MetricType::Counter, "connections_accepted_total", "Connections accepted",
            [](const ShardThread& shard) { return number(shard.transport_metrics().accepted); });
  page.each(shards, MetricType::Counter, "handshake_failures_total", "TLS handshakes that failed",
            [](const ShardThread& shard) { return number(shard.transport_metrics().handshake_failures); });
  page.each(shards, MetricType::Counter, "bytes_in_total", "Bytes received, without TLS",
            [](const ShardThread& shard) { return number(shard.transport_metrics().bytes_in); });
  page.each(shards, MetricType::Counter, "bytes_out_total", "Bytes sent, without TLS",
            [](const ShardThread& shard) { return number(shard.transport_metrics().bytes_out); });
  std::vector<std::string> causes, refusals;
  for (std::size_t i = 0; i < io::close_causes; ++i) causes.emplace_back(io::name_of(static_cast<io::CloseCause>(i)));
  for (std::size_t i = 0; i < io::refusal_causes; ++i)
    refusals.emplace_back(io::name_of(static_cast<io::RefusalCause>(i)));
  page.each_by(
      shards, "connections_closed_total", "Connections ended", "cause", causes,
      [](const ShardThread& shard, std::size_t k) { return shard.transport_metrics().closed_by_cause[k].value(); });
  page.each_by(
      shards, "connections_refused_total", "Connections closed right after accept", "cause", refusals,
      [](const ShardThread& shard, std::size_t k) { return shard.transport_metrics().refused_by_cause[k].value(); });
}

}  // namespace

std::string metrics_page(const Shards& shards, const io::StoreMetrics& store, base::WallTime certificate_end) {
  Page page;
  add_face(page, shards);
  add_presence_and_calls(page, shards);
  add_transport(page, shards);
  page.each(shards, MetricType::Counter, "envelopes_total", "Messages handled between parts and shards",
            [](const ShardThread& shard) { return number(shard.shard_metrics().envelopes); });
  page.each(shards, MetricType::Counter, "refused_crowded_total", "Requests refused because a mailbox was nearly full",
            [](const ShardThread& shard) { return number(shard.shard_metrics().refused_crowded); });
  page.each(shards, MetricType::Gauge, "mailbox_waiting", "Envelopes waiting in the mailbox",
            [](const ShardThread& shard) { return static_cast<double>(shard.mailbox_size()); });
  page.one(MetricType::Counter, "store_commits_total", "Transactions made durable", number(store.commits));
  page.one(MetricType::Counter, "store_operations_total", "Operations in them", number(store.operations));
  page.one(MetricType::Counter, "store_failures_total", "Transactions rolled back", number(store.failures));
  page.one(MetricType::Counter, "store_refused_total", "Operations refused", number(store.refused));
  page.one(MetricType::Counter, "records_dropped_total", "Records that could not wait for the disk",
           number(store.records_dropped));
  page.one(MetricType::Gauge, "records_waiting", "Records that wait for the disk", number(store.waiting_records));
  page.one(MetricType::Gauge, "certificate_end_seconds", "When the server certificate ends, seconds since 1970",
           static_cast<double>(certificate_end.us) / 1e6);
  return page.text();
}

}  // namespace tertulia::server
