// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_feed.h"

#include <string>
#include <utility>

#include "face/lync/conference_uri.h"

namespace tertulia::face::lync {

namespace {

class RosterFeed final : public ConferenceFeed {
 public:
  RosterFeed(Context& context, Notices& notices, ConferenceDocuments& documents, NamedConference conference,
             base::UserId user, NoticeId id)
      : context_(context),
        notices_(notices),
        documents_(documents),
        conference_(std::move(conference)),
        user_(user),
        watch_(notices.add_watch(id)) {}

  const domain::ConferenceKey& key() const override { return conference_.key; }

  base::Result<void> on_subscribe(const Request&) override {
    ask();
    return {};
  }
  bool complete() const override { return full_ != nullptr; }
  void on_roster(const domain::RosterNews& news) override {
    ended_ = news.over;
    if (!news.roster) return;  // who waits in the lobby is nothing that this client could show
    if (news.roster->full && awaited_) {
      full_ = news.roster;
      awaited_ = false;
    } else if (!awaited_) {  // else all of it follows, with this change in it
      changed_ = news.roster;
    }
  }
  base::Reason ended() const override { return ended_; }

  std::optional<Document> whole(base::Now) override { return document(full_); }
  std::optional<Document> news(base::Now) override {
    full_.reset();  // it was told; a further SUBSCRIBE asks anew
    if (!changed_) return std::nullopt;
    return document(std::exchange(changed_, nullptr));
  }
  void end() override {
    notices_.remove_watch(watch_);
    context_.ports.watch_conference({context_.shard, watch_, conference_.key, user_, false});
  }

 private:
  void ask() {
    full_.reset();
    changed_.reset();
    awaited_ = true;
    context_.ports.watch_conference({context_.shard, watch_, conference_.key, user_, true});
  }
  Document document(const domain::RosterPtr& roster) {
    return {std::string(conference_info_type), documents_.of(roster, conference_.key, conference_.organizer)};
  }

  Context& context_;
  Notices& notices_;
  ConferenceDocuments& documents_;
  NamedConference conference_;
  base::UserId user_;
  base::WatchId watch_;
  domain::RosterPtr full_;     ///< for the answer to a SUBSCRIBE
  domain::RosterPtr changed_;  ///< for the next notification
  bool awaited_ = true;        ///< all of it was asked for
  base::Reason ended_ = base::Reason::none;
};

}  // namespace

base::Result<std::unique_ptr<Feed>> make_conference_feed(Context& context, Notices& notices,
                                                         ConferenceDocuments& documents, const Request& request,
                                                         NoticeId id) {
  auto conference = conference_named(context, request.message.request_uri());
  if (!conference) return base::Reason::conference_unknown;
  return std::unique_ptr<Feed>(
      std::make_unique<RosterFeed>(context, notices, documents, *std::move(conference), request.user->id, id));
}

}  // namespace tertulia::face::lync
