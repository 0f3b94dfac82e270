// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/transaction/machines.h"

namespace tertulia::protocol::transaction {

inline void PrintTo(const Action& action, std::ostream* out) {
  if (const auto* send = std::get_if<SendWire>(&action)) *out << "sends " << send->wire;
  if (const auto* report = std::get_if<Report>(&action)) *out << "reports " << report->status;
  if (std::holds_alternative<TimedOut>(action)) *out << "times out";
  if (std::holds_alternative<Gone>(action)) *out << "is gone";
}

/// A test of one machine as a list of moments, inputs and expected outputs, in the order of the figure.  Timers fire by
/// themselves as `at` moves the time on.  Each action must be expected by the very next lines.  The script runs three
/// times: as written; with deadlines also delivered too early; and with each delivered twice.
template <typename Machine>
class Script {
 public:
  using Make = std::function<Machine(TimePoint now, Actions& out)>;
  explicit Script(Make make) : make_(std::move(make)) {}
  ~Script() {
    for (const Mode mode : {Mode::plain, Mode::early, Mode::twice}) run(mode);
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  Script& at(Duration time) {
    return add([time](Run& run) {
      run.settled();
      run.advance(start() + time);
    });
  }
  Script& request_again() {
    return input([](Run& run) { run.machine.on_request_again(run.now, run.out); });
  }
  Script& reply(int status) {
    return input([status](Run& run) { run.machine.on_reply(run.now, status, std::to_string(status), run.out); });
  }
  Script& ack() {
    return input([](Run& run) { run.machine.on_ack(run.now, run.out); });
  }
  Script& response(int status) {
    return input([status](Run& run) {
      if constexpr (requires { run.machine.on_response(run.now, status, std::string{}, run.out); })
        run.machine.on_response(run.now, status, "ACK", run.out);
      else
        run.machine.on_response(run.now, status, run.out);
    });
  }
  Script& cancelled() {
    return input([](Run& run) { run.machine.on_cancelled(run.now); });
  }

  Script& sends(std::string wire) { return expect(SendWire{std::move(wire)}); }
  Script& reports(int status) { return expect(Report{status}); }
  Script& times_out() { return expect(TimedOut{}); }
  Script& gone() { return expect(Gone{}); }
  Script& is(typename Machine::State state) {
    return add([state](Run& run) {
      run.settled();
      EXPECT_EQ(static_cast<int>(run.machine.state()), static_cast<int>(state));
    });
  }
  Script& waits_for_nothing() {
    return add([](Run& run) { EXPECT_FALSE(run.machine.deadline().has_value()); });
  }

 private:
  enum class Mode { plain, early, twice };
  static TimePoint start() { return TimePoint{7'000'000}; }

  struct Run {
    Mode mode;
    TimePoint now;
    Actions out;
    Machine machine;
    Run(Mode mode_in, const Make& make) : mode(mode_in), now(start()), machine(make(now, out)) {}

    void settled() {
      nothing_left(out);
      out.clear();
    }
    static void nothing_left(const Actions& actions) {
      for (const Action& action : actions) ADD_FAILURE() << "not expected: " << testing::PrintToString(action);
    }
    void too_early(TimePoint time) {
      const std::size_t before = out.size();
      machine.on_deadline(time, out);
      EXPECT_EQ(out.size(), before) << "a deadline delivered too early did something";
    }
    void advance(TimePoint to) {
      for (int fired = 0; fired < 1000; ++fired) {
        const std::optional<TimePoint> due = machine.deadline();
        if (!due || *due > to) break;
        if (mode == Mode::early) too_early(TimePoint{due->us - 1});
        machine.on_deadline(*due, out);
        if (mode == Mode::twice) too_early(*due);
      }
      now = to;
      if (mode == Mode::early) too_early(now);
    }
  };

  Script& add(std::function<void(Run&)> step) {
    steps_.push_back(std::move(step));
    return *this;
  }
  Script& input(std::function<void(Run&)> step) {
    return add([step = std::move(step)](Run& run) {
      run.settled();
      step(run);
    });
  }
  Script& expect(Action action) {
    return add([action = std::move(action)](Run& run) {
      if (run.out.empty()) {
        ADD_FAILURE() << "missing: " << testing::PrintToString(action);
        return;
      }
      EXPECT_EQ(run.out.front(), action);
      run.out.erase(run.out.begin());
    });
  }
  void run(Mode mode) {
    Run run(mode, make_);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      SCOPED_TRACE("run " + std::to_string(static_cast<int>(mode)) + ", step " + std::to_string(i + 1));
      steps_[i](run);
    }
    run.settled();
  }

  Make make_;
  std::vector<std::function<void(Run&)>> steps_;
};

}  // namespace tertulia::protocol::transaction
