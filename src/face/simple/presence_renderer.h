// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "domain/presence/view.h"
#include "face/simple/metrics.h"

namespace tertulia::face::simple {

/// PIDF texts of views: rendered once, shared by all watchers of the view on this shard.
class PresenceRenderer {
 public:
  explicit PresenceRenderer(FaceMetrics& metrics) : metrics_(metrics) {}
  std::shared_ptr<const std::string> render(const domain::PresenceViewPtr& view);

 private:
  struct Kept {
    domain::PresenceViewPtr view;  ///< keeps its address from being used again
    std::shared_ptr<const std::string> text;
  };
  FaceMetrics& metrics_;
  std::unordered_map<const domain::PresenceView*, Kept> kept_;
  std::deque<const domain::PresenceView*> order_;  // oldest first
};

}  // namespace tertulia::face::simple
