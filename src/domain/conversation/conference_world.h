// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/conference/conference_index.h"
#include "domain/conference/in_memory_store.h"
#include "domain/conversation/conference_truth.h"
#include "domain/conversation/immcu.h"
#include "domain/directory/directory.h"

namespace tertulia::domain::bench {

/// What is broken on purpose, to see the checkers notice it.
enum class Fault : std::uint8_t {
  none,
  swap_copies,
  repeat_copy,
  swallow_copy,
  old_for_newcomer,
  answer_post_twice,
  lose_post_answer,
  hide_missed,
  lose_news,
  repeat_news,
  show_wrong_role,
  second_row,
  lose_leaving,
  count_one_more,
  cut_link,
  obey_anybody,
  refuse_and_obey,
  ignore_ejection,
  forget_facts,
  forget_conference,
  forget_index,
  keep_leg,
  answer_join_twice,
};

/// Two or three shards with an Immcu and a ConferenceIndex each, a store of facts that is slow and fails, edges that
/// answer late, refuse and lose their devices, and people who do everything that can be done with a conference.  What
/// goes between shards is handed on in random order, in order between the same two.  Homes of people are played by the
/// world: they know who is signed in and hand single messages to his devices.
class ConferenceWorld {
 public:
  explicit ConferenceWorld(std::uint64_t seed, Fault fault = Fault::none);
  ~ConferenceWorld();
  /// Runs; gives what was found wrong, empty when all is well.
  std::vector<std::string> run(int steps);

  // ---- for tests with a script of their own
  enum class Dialect : std::uint8_t { in_place, enters, pages };
  base::EndpointId sign_in(base::UserId user, Dialect dialect);
  /// Both have said yes: gives the conversation.
  base::ConversationId talk(base::EndpointId from, base::EndpointId to);
  void say_in(base::ConversationId conversation, base::EndpointId device, bool text = true);
  void add(base::ConversationId conversation, base::EndpointId by, base::UserId who);
  ConferenceKey create(base::UserId organizer, base::EndpointId by);
  void join(base::EndpointId device, const ConferenceKey& key, bool chat);
  void escalate(base::ConversationId conversation, base::EndpointId by, const ConferenceKey& key);
  /// Hands something on: false when there is nothing.
  bool hand_on();
  /// Something happens: one of what is under way, at a device or at a disk.
  void advance();
  void settle();
  std::vector<std::string> finish();
  bool is_open(base::ConversationId conversation, base::EndpointId device) const;
  bool is_in(const ConferenceKey& key, base::UserId user) const { return truth_.is_in(key, user); }
  bool is_promised(const ConferenceKey& key) const {
    const auto found = truth_.conferences.find(key);
    return found != truth_.conferences.end() && found->second.promised;
  }
  void be_calm() { calm_ = true; }
  const Truth& truth() const { return truth_; }
  struct Tally {
    std::uint64_t conferences = 0, grown = 0, posts = 0, copies = 0, restarts = 0, commands = 0;
  };
  Tally tally() const;

 private:
  struct Side;  // one shard, as its Immcu sees the world
  struct Frame {
    bool end = false;  // the server ends the leg, behind what it sent before
    base::Ticket ticket;
    base::ShardId mcu;
    InstantMessagePtr message;
  };
  struct PageTask {
    InboxDeliver asked;
    base::ShardId mcu;
    std::size_t open = 0;
    bool taken = false;
  };
  struct Device {
    base::EndpointId id;
    base::UserId user;
    base::ShardId edge;
    Dialect dialect = Dialect::in_place;
    bool alive = true;
    bool idle = false;  // takes nothing for a while
    std::deque<std::shared_ptr<PageTask>> pages = {};
  };
  struct Leg {
    SeatName name;
    base::EndpointId device;
    enum class State : std::uint8_t { asking, ringing, open, over } state = State::asking;
    base::ConversationId conversation = {};
    std::optional<ConferenceKey> key = {};
    base::ShardId mcu = {};
    bool own_dialog = false;  // a chat beside a seat
    std::deque<Frame> inbound = {};
    std::vector<Frame> unanswered = {};
  };
  struct Place {
    SeatName name;
    base::EndpointId device;
    ConferenceKey key;
    enum class State : std::uint8_t { asking, in, over } state = State::asking;
    bool chat = false;
    SeatName leg = {};
    base::WatchId watch = {};
  };
  struct Watch {
    base::ShardId edge;
    base::UserId user;
    ConferenceKey key;
    SeatName seat;
    std::uint64_t version = 0;
    std::map<base::UserId, RosterMemberPtr> members = {};
    ConferenceDescriptionPtr description = {};
    bool over = false;
  };
  using Queue = std::deque<std::function<void()>>;

  // conference_world_test.cpp: shards and what goes between them
  void step();
  void pass(base::Duration time);
  void step_stores();
  void restart(bool kill);
  void start_sides(bool restoring);
  void check_converged();
  void check_watch(const Watch& watch);
  void check_index();
  void end_everything();
  base::Now now() const { return now_; }
  base::ShardId any_edge() { return {static_cast<std::uint16_t>(random_.below(shards_))}; }
  base::ShardId shard_of(const ConferenceKey& key) const { return conference_shard(key, shards_); }
  Immcu& immcu(base::ShardId shard);
  bool once(Fault fault);
  template <typename Ask>
  void ask(base::ShardId from, base::ShardId to, Ask what) {
    net_[{from, to}].push_back([this, to, what = std::move(what)] { handle(to, what); });
  }
  void tell(base::ShardId from, base::ShardId to, std::function<void()> what) {
    net_[{from, to}].push_back(std::move(what));
  }

  // conference_world_ports_test.cpp: what a shard handles, and what it says
  void handle(base::ShardId at, const PostSession& post);
  void handle(base::ShardId at, const PostToConference& post);
  void handle(base::ShardId at, const OpenSession& open);
  void handle(base::ShardId at, const CancelOpen& cancel);
  void handle(base::ShardId at, const CloseLeg& close);
  void handle(base::ShardId at, const LegAnswer& answer);
  void handle(base::ShardId at, const DeliverAnswer& answer);
  void handle(base::ShardId at, const InboxAnswer& answer);
  void handle(base::ShardId at, const EndpointsFound& found);
  void handle(base::ShardId at, const CreateConference& create);
  void handle(base::ShardId at, const JoinConference& join);
  void handle(base::ShardId at, const LeaveConference& leave);
  void handle(base::ShardId at, const OpenChat& open);
  void handle(base::ShardId at, const AddPerson& add);
  void handle(base::ShardId at, const Escalate& escalate);
  void handle(base::ShardId at, const Succession& succession);
  void handle(base::ShardId at, const ConferenceCommand& command);
  void handle(base::ShardId at, const WatchConference& watch);
  void out(base::ShardId from, base::ShardId edge, PostAnswer answer);
  void out(base::ShardId from, base::ShardId edge, const OpenAnswer& answer);
  void out(base::ShardId from, base::ShardId edge, const DeliverSession& deliver);
  void out(base::ShardId from, const InboxDeliver& deliver);
  void out(base::ShardId from, const FindEndpoints& find);
  void out(base::ShardId from, base::ShardId edge, const JoinAnswer& answer);
  void out(base::ShardId from, base::ShardId edge, const ChatAnswer& answer);
  void out(base::ShardId from, base::ShardId edge, const CommandAnswer& answer);
  void out(base::ShardId from, base::ShardId edge, RosterNews news);
  void out(base::ShardId from, const EndLeg& end);
  void out(base::ShardId from, const SeatEnded& ended);
  void out(base::ShardId from, const ConferenceListed& listed);
  void out(ConferenceRow row);
  void out(base::ShardId from, base::Ticket ticket, const SessionRecord& record);
  void out(base::ShardId from, base::Ticket ticket, ConferenceFacts facts);
  void out(base::ShardId from, base::Ticket ticket, const ConferenceKey& gone);

  // conference_world_edges_test.cpp: edges and devices
  Device* find(base::EndpointId device);
  Leg& leg(const SeatName& name);
  void at_edge(base::ShardId mcu, const InviteLeg& invite);
  void at_edge(base::ShardId edge, const DeliverSession& deliver);
  void at_edge(base::ShardId edge, const OpenAnswer& answer);
  void at_edge(const JoinAnswer& answer);
  void at_edge(const ChatAnswer& answer);
  void at_edge(const EndLeg& end);
  void at_edge(const SeatEnded& ended);
  void at_edge(const LegGrown& grown);
  void at_edge(base::ShardId edge, const RosterNews& news);
  void at_home(base::ShardId mcu, const InboxDeliver& deliver);
  void at_home(base::ShardId mcu, const FindEndpoints& find);
  void answer(const Leg& leg, const Frame& frame, DeliverAnswer::What what, int status = 0);
  void conclude(const std::shared_ptr<PageTask>& task);
  void device_acts(Device& device);
  void page_acts(Device& device);
  void leg_acts(Leg& leg);
  void ringing_acts(Leg& leg);
  void answer_arrives(Leg& leg);
  void drop_frames(Leg& leg, bool unanswered_too);
  void hang_up(Leg& leg, bool lost);
  void leave(Place& place, bool lost);
  void die(Device& device);
  void place_over(Place& place);
  void watch_for(Place& place);

  // conference_world_people_test.cpp: what people do
  Device* any_device();
  Leg* any_open_leg();
  const ConferenceKey* any_key();
  base::UserId anybody() { return {static_cast<std::uint32_t>(1 + random_.below(people_max))}; }
  bool is_guest(base::UserId user) const { return user.value == people_max; }
  void somebody_speaks();
  void somebody_adds();
  void somebody_creates();
  void somebody_joins();
  void somebody_escalates();
  void somebody_leaves();
  void somebody_commands();
  conference::Command any_command();
  void send_command(const ConferenceKey& key, base::UserId by, conference::Command command);
  void say_by_page(const ConferenceKey& key, base::UserId user);
  InstantMessagePtr next_message(base::UserId from, base::Ticket ticket, bool text);
  base::Ticket next_ticket();

  static constexpr std::uint32_t people_max = 8;  ///< the last one is a guest
  base::Random random_;
  Fault fault_;
  bool broken_ = false;
  bool calm_ = false;  ///< everybody behaves
  bool running_ = true;
  std::uint16_t shards_ = 2;
  base::Now now_{{1'000'000}, {1'700'000'000'000'000}};
  DirectoryPtr directory_;
  Truth truth_;
  std::vector<std::unique_ptr<Side>> sides_;
  std::map<std::pair<base::ShardId, base::ShardId>, Queue> net_;
  std::map<base::EndpointId, Device> devices_;
  std::map<SeatName, Leg> legs_;
  std::map<SeatName, Place> places_;
  std::map<std::pair<base::ShardId, base::WatchId>, Watch> watches_;
  std::map<base::Ticket, std::pair<SeatName, base::UserId>> opening_;  ///< by ticket: who called whom
  std::map<base::Ticket, SeatName> joining_;
  std::map<base::Ticket, std::pair<SeatName, SeatName>> chatting_;  ///< seat and leg
  std::map<SeatName, InviteLeg> invited_;
  std::vector<ConferenceKey> keys_;
  std::map<base::ConversationId, std::pair<base::ShardId, InstantMessagePtr>> last_said_;
  std::uint64_t last_id_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint64_t commands_ = 0;
};

}  // namespace tertulia::domain::bench
