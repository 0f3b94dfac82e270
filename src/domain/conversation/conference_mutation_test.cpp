// SPDX-License-Identifier: Apache-2.0
// Each checker of the conference worlds sees what it is for: broken on purpose, some world out of a few must notice.
#include <gtest/gtest.h>

#include "domain/conversation/conference_world.h"

namespace tertulia::domain::bench {
namespace {

struct Broken {
  Fault fault;
  const char* complaint;
};

constexpr Broken broken[] = {
    {Fault::swap_copies, "order: "},
    {Fault::repeat_copy, "twice: "},
    {Fault::swallow_copy, "lost: "},
    {Fault::old_for_newcomer, "older: "},
    {Fault::answer_post_twice, "answers: "},
    {Fault::lose_post_answer, "answers: "},
    {Fault::hide_missed, "lost: "},
    {Fault::lose_news, "roster: "},
    {Fault::repeat_news, "roster: a version came again"},
    {Fault::show_wrong_role, "roster: a role"},
    {Fault::second_row, "record: "},
    {Fault::lose_leaving, "record: somebody joined and never left"},
    {Fault::count_one_more, "record: "},
    {Fault::cut_link, "is not linked"},
    {Fault::obey_anybody, "rights: a command"},
    {Fault::refuse_and_obey, "roster: the conference"},
    {Fault::ignore_ejection, "rights: "},
    {Fault::forget_facts, "restart: "},
    {Fault::forget_conference, "restart: "},
    {Fault::forget_index, "index: "},
    {Fault::keep_leg, "left: "},
    {Fault::answer_join_twice, "answers: ticket"},
};
constexpr std::uint64_t worlds_per_fault = 60;

TEST(ConferenceWorld, every_checker_notices_what_is_broken_on_purpose) {
  for (const Broken& one : broken) {
    std::uint64_t noticed = 0;
    for (std::uint64_t seed = 1; seed <= worlds_per_fault && noticed == 0; ++seed) {
      for (const std::string& wrong : ConferenceWorld(seed, one.fault).run(600)) {
        if (wrong.find(one.complaint) != std::string::npos) noticed = seed;
      }
    }
    EXPECT_NE(noticed, 0U) << one.complaint << " is not said for fault " << static_cast<int>(one.fault);
  }
}

}  // namespace
}  // namespace tertulia::domain::bench
