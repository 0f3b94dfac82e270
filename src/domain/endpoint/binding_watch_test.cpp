// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/binding_watch.h"

#include <gtest/gtest.h>

#include "domain/endpoint/limits.h"
#include "domain/endpoint/registrar_script.h"

namespace tertulia::domain {
namespace {

using End = BindingsNews::End;

struct Heard final : BindingWatchPorts {
  void news(base::ShardId, BindingsNews one) override { all.push_back(std::move(one)); }
  std::vector<BindingsNews> all;
};

class BindingWatchTest : public testing::Test {
 public:
  void look(std::uint64_t watch, bool on = true) {
    watch_.on_watch({base::ShardId{1}, base::WatchId{watch}, RegistrarScript::alice, on}, script.now);
  }

  RegistrarScript script;
  Heard heard;
  BindingWatch watch_{script.registrar, heard};
};

TEST_F(BindingWatchTest, the_first_news_tell_what_is_bound_now) {
  script.bind({RegistrarScript::contact("sip:a@1")});
  look(7);
  ASSERT_EQ(heard.all.size(), 1U);
  EXPECT_EQ(heard.all[0].watch, base::WatchId{7});
  ASSERT_EQ(heard.all[0].bindings.size(), 1U);
  EXPECT_EQ(heard.all[0].bindings[0].uri, "sip:a@1");
}

TEST_F(BindingWatchTest, each_change_is_told_with_how_a_binding_ended) {
  look(7);
  script.bind({RegistrarScript::contact("sip:a@1")});
  watch_.on_endpoint_added(RegistrarScript::alice, script.now);
  ASSERT_EQ(heard.all.size(), 2U);
  EXPECT_EQ(heard.all[1].bindings.size(), 1U);
  script.bind({RegistrarScript::contact("sip:a@1", base::Duration{})});
  watch_.on_endpoint_removed(RegistrarScript::alice, script.ports.removed.back(), DeregisterType::client_initiated,
                             script.now);
  ASSERT_EQ(heard.all.size(), 3U);
  EXPECT_TRUE(heard.all[2].bindings.empty());
  ASSERT_EQ(heard.all[2].ended.size(), 1U);
  EXPECT_EQ(heard.all[2].ended[0].first.uri, "sip:a@1");
  EXPECT_EQ(heard.all[2].ended[0].second, End::unregistered);
}

TEST_F(BindingWatchTest, who_has_ended_hears_nothing) {
  look(7);
  look(8);
  look(7, false);
  EXPECT_EQ(watch_.watch_count(), 1U);
  heard.all.clear();
  watch_.on_endpoint_added(RegistrarScript::alice, script.now);
  ASSERT_EQ(heard.all.size(), 1U);
  EXPECT_EQ(heard.all[0].watch, base::WatchId{8});
  watch_.on_user_removed(RegistrarScript::alice);
  EXPECT_EQ(heard.all.back().reason, base::Reason::user_does_not_exist);
  EXPECT_EQ(watch_.watch_count(), 0U);
}

TEST_F(BindingWatchTest, one_watcher_too_many_is_refused) {
  for (std::uint64_t i = 1; i <= binding_watchers_per_user_max; ++i) look(i);
  EXPECT_EQ(heard.all.back().reason, base::Reason::none);
  look(binding_watchers_per_user_max + 1);
  EXPECT_EQ(heard.all.back().reason, base::Reason::too_many_watchers);
  EXPECT_EQ(watch_.watch_count(), binding_watchers_per_user_max);
}

}  // namespace
}  // namespace tertulia::domain
