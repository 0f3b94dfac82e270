// SPDX-License-Identifier: Apache-2.0
#include "server/metrics_page.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace tertulia::server {
namespace {

// The structures consist of nothing else, so their size tells how many fields they have.
constexpr std::size_t field_bytes = sizeof(base::Counter);
static_assert(sizeof(base::Gauge) == field_bytes);

/// Each field has one row.  `labelled`: elements of arrays, which the page shows with a label.
template <typename Metrics>
void expect_every_field(std::span<const MetricRow<Metrics>> rows, std::size_t labelled) {
  const Metrics metrics{};
  std::set<const void*> told;
  for (const MetricRow<Metrics>& row : rows) {
    const void* field = std::visit([&](auto member) -> const void* { return &(metrics.*member); }, row.field);
    EXPECT_TRUE(told.insert(field).second) << row.name << " shows a field that has a row already";
  }
  EXPECT_EQ(sizeof(Metrics), (told.size() + labelled) * field_bytes) << "a field has no row";
}

TEST(MetricsPage, shows_every_field_of_the_structures) {
  expect_every_field(face_rows(), std::tuple_size_v<decltype(face::simple::FaceMetrics::answers)>);
  expect_every_field(presence_rows(), 0);
  expect_every_field(call_rows(), 0);
  expect_every_field(immcu_rows(), 0);
  expect_every_field(transport_rows(), io::refusal_causes + io::close_causes);
  expect_every_field(shard_rows(), 0);
  expect_every_field(store_rows(), 0);
  expect_every_field(web_ticket_rows(), 0);
}

/// https://prometheus.io/docs/practices/naming: only counters end in _total.
template <typename Metrics>
void expect_good_names(std::span<const MetricRow<Metrics>> rows, std::set<std::string>& names) {
  for (const MetricRow<Metrics>& row : rows) {
    const std::string_view name = row.name;
    EXPECT_TRUE(names.insert(row.name).second) << name << " is there twice";
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), name.npos) << name;
    EXPECT_EQ(name.ends_with("_total"), (std::holds_alternative<base::Counter Metrics::*>(row.field))) << name;
    EXPECT_FALSE(std::string_view(row.help).empty()) << name;
  }
}

TEST(MetricsPage, names_are_distinct_and_tell_counters_from_gauges) {
  std::set<std::string> names{"sip_answers_total", "connections_closed_total", "connections_refused_total",
                              "mailbox_waiting",   "certificate_end_seconds",  "web_connections"};
  expect_good_names(face_rows(), names);
  expect_good_names(presence_rows(), names);
  expect_good_names(call_rows(), names);
  expect_good_names(immcu_rows(), names);
  expect_good_names(transport_rows(), names);
  expect_good_names(shard_rows(), names);
  expect_good_names(store_rows(), names);
  expect_good_names(web_ticket_rows(), names);
}

TEST(MetricsPage, is_text_that_prometheus_reads) {
  io::StoreMetrics store;
  store.committed(3);
  const std::string page = metrics_page({}, store, base::WallTime{2'500'000});
  for (const char* line : {"# HELP tertulia_store_commits_total Transactions made durable\n",
                           "# TYPE tertulia_store_commits_total counter\n", "\ntertulia_store_commits_total 1\n",
                           "\ntertulia_store_operations_total 3\n", "# TYPE tertulia_store_group_max gauge\n",
                           "\ntertulia_store_group_max 3\n", "\ntertulia_certificate_end_seconds 2.5\n",
                           "# TYPE tertulia_sip_subscriptions gauge\n"})
    EXPECT_NE(page.find(line), page.npos) << line;
}

}  // namespace
}  // namespace tertulia::server
