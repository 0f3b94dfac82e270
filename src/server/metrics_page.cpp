// SPDX-License-Identifier: Apache-2.0
#include "server/metrics_page.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <vector>

namespace tertulia::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

template <typename Metrics>
MetricType type_of(const MetricRow<Metrics>& row) {
  return std::holds_alternative<base::Counter Metrics::*>(row.field) ? MetricType::Counter : MetricType::Gauge;
}

template <typename Metrics>
double value_of(const MetricRow<Metrics>& row, const Metrics& metrics) {
  return std::visit([&](auto field) { return static_cast<double>((metrics.*field).value()); }, row.field);
}

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
  /// All fields of the structure that `metrics_of` (a member function) gives of a shard.
  template <typename Metrics>
  void fields(const Shards& shards, std::span<const MetricRow<Metrics>> rows,
              const Metrics& (ShardThread::*metrics_of)() const) {
    for (const MetricRow<Metrics>& row : rows)
      each(shards, type_of(row), row.name, row.help,
           [&](const ShardThread& shard) { return value_of(row, (shard.*metrics_of)()); });
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

void add_labelled(Page& page, const Shards& shards) {
  page.each_by(shards, "sip_answers_total", "Final and provisional answers sent", "class",
               {"1xx", "2xx", "3xx", "4xx", "5xx", "6xx"},
               [](const ShardThread& shard, std::size_t k) { return shard.face_metrics().answers[k].value(); });
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

std::span<const MetricRow<face::simple::FaceMetrics>> face_rows() {
  using M = face::simple::FaceMetrics;
  static const MetricRow<M> rows[] = {
      {"sip_connections", "Connections that the SIP face serves", &M::connections},
      {"sip_requests_total", "SIP requests received", &M::requests},
      {"sip_responses_total", "SIP responses received", &M::responses},
      {"sip_malformed_total", "Messages refused for their form", &M::malformed},
      {"sip_challenged_total", "Requests asked for credentials", &M::challenged},
      {"sign_in_failures_total", "Wrong credentials", &M::sign_in_failures},
      {"locked_out_total", "Requests refused by lock-out", &M::locked_out},
      {"registrations_total", "REGISTER requests accepted", &M::registrations},
      {"redirections_total", "REGISTER requests sent to the server that serves the user", &M::redirections},
      {"messages_in_total", "Messages received from endpoints", &M::messages_in},
      {"messages_out_total", "Messages sent to endpoints", &M::messages_out},
      {"sessions_opened_total", "Message sessions opened", &M::sessions_opened},
      {"sip_subscriptions", "Subscriptions that are up", &M::subscriptions},
      {"sip_notifications_total", "NOTIFY requests sent", &M::notifications},
      {"sip_notifications_failed_total", "NOTIFY requests refused or not answered", &M::notifications_failed},
      {"sip_presence_documents_total", "Presence documents rendered; each may go to many watchers",
       &M::presence_documents},
      {"sip_conference_documents_total", "Documents of conferences rendered; each may go to many watchers",
       &M::conference_documents},
      {"sip_publications_total", "PUBLISH requests that reached the presence agent", &M::publications},
      {"sip_calls_placed_total", "INVITE requests of callers", &M::calls_placed},
      {"sip_calls_relayed_total", "INVITE requests sent to devices", &M::calls_relayed},
      {"sip_calls_answered_total", "INVITE requests of callers that were answered with 200", &M::calls_answered},
      {"sip_call_requests_relayed_total", "Requests within calls sent to the other side", &M::call_requests_relayed},
      {"sip_keep_alives_total", "Keep-alives answered", &M::keep_alives},
      {"closed_by_bound_total", "Connections ended by a named limit", &M::closed_by_bound},
  };
  return rows;
}

std::span<const MetricRow<domain::PresenceMetrics>> presence_rows() {
  using M = domain::PresenceMetrics;
  static const MetricRow<M> rows[] = {
      {"publications_total", "Published pieces taken over", &M::publications},
      {"publications_refused_total", "Published pieces refused", &M::publications_refused},
      {"presence_news_total", "News given to watchers", &M::news},
      {"presence_coalesced_total", "Changes that were told together with a later one", &M::coalesced},
      {"presence_watches", "Watchers of users", &M::watches},
      {"presence_users", "Users of whom presence is kept", &M::users},
  };
  return rows;
}

std::span<const MetricRow<domain::ImmcuMetrics>> immcu_rows() {
  using M = domain::ImmcuMetrics;
  static const MetricRow<M> rows[] = {
      {"conversations", "Conversations that are up, conferences included", &M::conversations},
      {"conferences", "Conferences, sleeping ones included", &M::conferences},
      {"conference_seats", "Devices in conferences", &M::conference_seats},
      {"conferences_begun_total", "Conferences that somebody has entered first", &M::conferences_begun},
      {"conferences_grown_total", "Conversations of two that became conferences where they were",
       &M::conferences_grown},
      {"conference_entries_total", "Devices that came into a conference", &M::conference_entries},
      {"conference_refusals_total", "Devices that were not let in", &M::conference_refusals},
  };
  return rows;
}

std::span<const MetricRow<domain::InboxMetrics>> inbox_rows() {
  using M = domain::InboxMetrics;
  static const MetricRow<M> rows[] = {
      {"messages_given_up_total", "Kept messages that no device would take", &M::given_up},
  };
  return rows;
}

std::span<const MetricRow<domain::CallMetrics>> call_rows() {
  using M = domain::CallMetrics;
  static const MetricRow<M> rows[] = {
      {"calls_placed_total", "Calls placed", &M::placed},
      {"calls_answered_total", "Calls that a device has answered", &M::answered},
      {"calls_refused_total", "Calls that nobody took", &M::refused},
      {"call_requests_relayed_total", "Requests carried within calls", &M::relayed},
      {"calls", "Calls that ring or are up", &M::calls},
  };
  return rows;
}

std::span<const MetricRow<io::TransportMetrics>> transport_rows() {
  using M = io::TransportMetrics;
  static const MetricRow<M> rows[] = {
      {"connections", "Open connections", &M::open},
      {"connections_accepted_total", "Connections accepted", &M::accepted},
      {"handshakes", "TLS handshakes under way", &M::handshaking},
      {"handshake_failures_total", "TLS handshakes that failed", &M::handshake_failures},
      {"handshake_timeouts_total", "TLS handshakes that took too long", &M::handshake_timeouts},
      {"handshakes_resumed_total", "TLS handshakes shortened by a session ticket", &M::handshakes_resumed},
      {"accept_pauses_total", "Times that the system was out of descriptors or memory", &M::accept_pauses},
      {"bytes_in_total", "Bytes received, without TLS", &M::bytes_in},
      {"bytes_out_total", "Bytes sent, without TLS", &M::bytes_out},
      {"bytes_queued", "Bytes that wait to leave, over all connections", &M::queued_bytes},
      {"sends_dropped_total", "Messages to connections that had ended", &M::sends_dropped},
  };
  return rows;
}

std::span<const MetricRow<ShardMetrics>> shard_rows() {
  using M = ShardMetrics;
  static const MetricRow<M> rows[] = {
      {"envelopes_total", "Messages handled between parts and shards", &M::envelopes},
      {"refused_crowded_total", "Requests refused because a mailbox was nearly full", &M::refused_crowded},
      {"envelopes_waiting", "Envelopes that wait for room in another shard's mailbox", &M::waiting},
  };
  return rows;
}

std::span<const MetricRow<face::web_ticket::WebTicketMetrics>> web_ticket_rows() {
  using M = face::web_ticket::WebTicketMetrics;
  static const MetricRow<M> rows[] = {
      {"web_tickets_total", "Web tickets issued", &M::tickets},
      {"client_certificates_total", "Certificates issued for sign-in with TLS-DSK", &M::certificates},
      {"web_ticket_refusals_total", "Requests for tickets or certificates that were refused", &M::refused},
  };
  return rows;
}

std::span<const MetricRow<face::web_ticket::PhotoMetrics>> photo_rows() {
  using M = face::web_ticket::PhotoMetrics;
  static const MetricRow<M> rows[] = {
      {"photos_served_total", "Pictures of people given to clients", &M::served},
      {"photos_unchanged_total", "Clients that had the picture already", &M::unchanged},
      {"photos_not_found_total", "Requests for pictures under a wrong or old address", &M::not_found},
      {"photos_refused_total", "Requests for pictures refused because too many came at once or the store failed",
       &M::refused},
  };
  return rows;
}

std::span<const MetricRow<io::StoreMetrics>> store_rows() {
  using M = io::StoreMetrics;
  static const MetricRow<M> rows[] = {
      {"store_commits_total", "Transactions made durable", &M::commits},
      {"store_operations_total", "Operations in them", &M::operations},
      {"store_failures_total", "Transactions rolled back", &M::failures},
      {"store_refused_total", "Operations refused", &M::refused},
      {"store_group_last", "Operations in the last transaction", &M::group_last},
      {"store_group_max", "Operations in the largest transaction", &M::group_max},
      {"store_queued", "Operations that wait for the store", &M::queued},
      {"records_dropped_total", "Records that could not wait for the disk", &M::records_dropped},
      {"records_waiting", "Records that wait for the disk", &M::waiting_records},
  };
  return rows;
}

std::string metrics_page(const Shards& shards, const io::StoreMetrics& store, base::WallTime certificate_end) {
  Page page;
  page.fields(shards, face_rows(), &ShardThread::face_metrics);
  page.fields(shards, presence_rows(), &ShardThread::presence_metrics);
  page.fields(shards, immcu_rows(), &ShardThread::immcu_metrics);
  page.fields(shards, inbox_rows(), &ShardThread::inbox_metrics);
  page.fields(shards, call_rows(), &ShardThread::call_metrics);
  page.fields(shards, transport_rows(), &ShardThread::transport_metrics);
  add_labelled(page, shards);
  page.fields(shards, shard_rows(), &ShardThread::shard_metrics);
  page.fields(shards, web_ticket_rows(), &ShardThread::web_ticket_metrics);
  page.fields(shards, photo_rows(), &ShardThread::photo_metrics);
  page.each(shards, MetricType::Gauge, "web_connections", "Open connections of web clients",
            [](const ShardThread& shard) { return static_cast<double>(shard.web_connections()); });
  page.each(shards, MetricType::Gauge, "mailbox_waiting", "Envelopes waiting in the mailbox",
            [](const ShardThread& shard) { return static_cast<double>(shard.mailbox_size()); });
  for (const MetricRow<io::StoreMetrics>& row : store_rows())
    page.one(type_of(row), row.name, row.help, value_of(row, store));
  page.one(MetricType::Gauge, "certificate_end_seconds", "When the server certificate ends, seconds since 1970",
           static_cast<double>(certificate_end.us) / 1e6);
  return page.text();
}

}  // namespace tertulia::server
