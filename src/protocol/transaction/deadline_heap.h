// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace tertulia::protocol::transaction {

/// Deadlines of numbered things, at most one each, the earliest on top (a binary heap that knows where each thing
/// stands). A removed deadline leaves at once, so there are never more of them than things that wait.
class DeadlineHeap {
 public:
  /// `order` decides between equal deadlines: the smaller comes first.
  void set(std::uint32_t thing, base::TimePoint at, std::uint64_t order);
  void remove(std::uint32_t thing);
  std::optional<base::TimePoint> earliest() const;
  /// Thing with the earliest deadline; only when there is one.
  std::uint32_t top() const { return heap_.front().thing; }
  std::size_t size() const { return heap_.size(); }

 private:
  static constexpr std::uint32_t nowhere = UINT32_MAX;
  struct Node {
    base::TimePoint at;
    std::uint64_t order;
    std::uint32_t thing;
    bool before(const Node& other) const { return at != other.at ? at < other.at : order < other.order; }
  };
  void place(std::uint32_t position, const Node& node);
  void settle(std::uint32_t position, Node node);

  std::vector<Node> heap_;
  std::vector<std::uint32_t> position_;  // of each thing
};

}  // namespace tertulia::protocol::transaction
