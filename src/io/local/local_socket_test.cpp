// SPDX-License-Identifier: Apache-2.0
#include "io/local/local_socket.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

namespace tertulia::io {
namespace {

using namespace std::chrono_literals;

class LocalSocket : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tertulia-local-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ / "admin.sock";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Asks from another thread while the loop runs here.
  base::Result<std::string> ask(const std::string& line) {
    base::Result<std::string> answer = base::Reason::internal_error;
    std::atomic<bool> done = false;
    std::thread client([&] {
      answer = ask_local(path_, line, 5s);
      done = true;
      loop_.post([] {});  // wakes the loop, which asks `done` after each turn
    });
    loop_.run_until([&] { return done.load(); }, 10s);
    client.join();
    return answer;
  }

  SystemClock clock_;
  Loop loop_{clock_};
  std::filesystem::path folder_, path_;
};

TEST_F(LocalSocket, answers_a_line_with_a_line) {
  auto server = LocalServer::open(loop_, path_, [](std::string_view line) { return "heard " + std::string(line); });
  ASSERT_TRUE(server);
  const auto answer = ask("hello");
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(*answer, "heard hello");
}

TEST_F(LocalSocket, is_open_to_the_owner_only) {
  auto server = LocalServer::open(loop_, path_, [](std::string_view) { return std::string(); });
  ASSERT_TRUE(server);
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(LocalSocket, large_answers_arrive_whole) {
  const std::string large(3 * 1024 * 1024, 'x');
  auto server = LocalServer::open(loop_, path_, [&large](std::string_view) { return std::string(large); });
  ASSERT_TRUE(server);
  const auto answer = ask("all");
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->size(), large.size());
}

TEST_F(LocalSocket, a_question_at_the_bound_is_answered_and_one_beyond_is_not) {
  auto server = LocalServer::open(loop_, path_, [](std::string_view line) { return std::to_string(line.size()); });
  ASSERT_TRUE(server);
  EXPECT_TRUE(ask(std::string(local_line_bytes_max - 1, 'a')));
  EXPECT_FALSE(ask(std::string(local_line_bytes_max + 1, 'a')));
}

TEST_F(LocalSocket, a_stale_file_is_replaced_and_a_living_server_is_not) {
  {
    auto gone = LocalServer::open(loop_, path_, [](std::string_view) { return std::string(); });
  }
  EXPECT_EQ(ask_local(path_, "x", 1s).reason(), base::Reason::not_running);
  auto server = LocalServer::open(loop_, path_, [](std::string_view) { return std::string(); });
  ASSERT_TRUE(server);
  EXPECT_EQ(LocalServer::open(loop_, path_, {}).reason(), base::Reason::address_in_use);
}

}  // namespace
}  // namespace tertulia::io
