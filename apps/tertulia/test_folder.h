// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "arguments.h"
#include "server/data_folder.h"

namespace tertulia::app {

/// What a command line gave.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

inline Outcome run(std::vector<const char*> words) {
  words.insert(words.begin(), "tertulia");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = parse_and_run(static_cast<int>(words.size()), words.data());
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

/// A test with a place of its own for a data folder, which is not made yet.
class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() { std::filesystem::remove_all(root_); }
  ~DataFolderTest() override { std::filesystem::remove_all(root_); }

  std::string root() const { return root_.string(); }
  server::DataFolder folder() const { return server::DataFolder(root_); }
  void init() const { ASSERT_TRUE(folder().init({"example.invalid", {"localhost"}, base::Language::english})); }
  static void write(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
  }

 private:
  const std::filesystem::path root_ = testing::TempDir() + "tertulia_" +
                                      testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() + "_" +
                                      testing::UnitTest::GetInstance()->current_test_info()->name();
};

}  // namespace tertulia::app
