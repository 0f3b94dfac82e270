// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/deadline_heap.h"

namespace tertulia::protocol::transaction {

void DeadlineHeap::set(std::uint32_t thing, base::TimePoint at, std::uint64_t order) {
  if (thing >= position_.size()) position_.resize(thing + 1, nowhere);
  const Node node{at, order, thing};
  if (position_[thing] == nowhere) {
    heap_.push_back(node);
    position_[thing] = static_cast<std::uint32_t>(heap_.size() - 1);
  }
  settle(position_[thing], node);
}

void DeadlineHeap::remove(std::uint32_t thing) {
  if (thing >= position_.size() || position_[thing] == nowhere) return;
  const std::uint32_t hole = position_[thing];
  position_[thing] = nowhere;
  const Node last = heap_.back();
  heap_.pop_back();
  if (last.thing != thing) settle(hole, last);
}

std::optional<base::TimePoint> DeadlineHeap::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

void DeadlineHeap::place(std::uint32_t position, const Node& node) {
  heap_[position] = node;
  position_[node.thing] = position;
}

void DeadlineHeap::settle(std::uint32_t position, Node node) {
  while (position > 0 && node.before(heap_[(position - 1) / 2])) {
    place(position, heap_[(position - 1) / 2]);
    position = (position - 1) / 2;
  }
  for (;;) {
    std::size_t child = 2 * std::size_t{position} + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
    if (!heap_[child].before(node)) break;
    place(position, heap_[child]);
    position = static_cast<std::uint32_t>(child);
  }
  place(position, node);
}

}  // namespace tertulia::protocol::transaction
