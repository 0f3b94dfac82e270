// SPDX-License-Identifier: Apache-2.0
#include "face/simple/presence_renderer.h"

#include "face/simple/presence_document.h"
#include "face/simple/subscription_limits.h"

namespace tertulia::face::simple {

std::shared_ptr<const std::string> PresenceRenderer::render(const domain::PresenceViewPtr& view) {
  if (const auto found = kept_.find(view.get()); found != kept_.end()) return found->second.text;
  auto text = std::make_shared<const std::string>(wire::pidf::write_presence(document_of(*view)));
  metrics_.presence_documents.add();
  if (order_.size() >= presence_documents_kept_max) {
    kept_.erase(order_.front());
    order_.pop_front();
  }
  kept_.emplace(view.get(), Kept{view, text});
  order_.push_back(view.get());
  return text;
}

}  // namespace tertulia::face::simple
