// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "face/lync/limits.h"
#include "face/lync/speaker.h"
#include "face/simple/conference_address.h"
#include "wire/pidf/date_time.h"
#include "wire/xml/writer.h"

namespace tertulia::face::lync {

namespace cccp = wire::lync::cccp;
using base::Reason;
using domain::conference::Command;
using wire::lync::CccpRequest;
using wire::sip::HeaderName;

namespace {

constexpr std::string_view expiry_defect = "expiry-time: a date and time to come";

domain::Admission admission_of(cccp::AdmissionPolicy policy) {
  switch (policy) {
    case cccp::AdmissionPolicy::closed_authenticated:
      return domain::Admission::invited;
    case cccp::AdmissionPolicy::open_authenticated:
      return domain::Admission::organisation;
    case cccp::AdmissionPolicy::anonymous:
      break;
  }
  return domain::Admission::everyone;
}

/// Nothing when it is no time, or one that has passed.
std::optional<base::WallTime> expiry_of(const cccp::ConferenceSettings& settings, base::Now now) {
  const auto expires = wire::pidf::read_date_time(settings.expiry_time);
  return expires && now.wall < *expires ? expires : std::nullopt;
}

}  // namespace

std::string_view cccp_reason(Reason reason) {
  switch (reason) {
    case Reason::none:
      return {};
    case Reason::conference_exists:
      return "conferenceExistsAlready";
    case Reason::conference_unknown:
    case Reason::conference_ended:
      return "conferenceDoesntExist";
    case Reason::not_in_conference:
    case Reason::user_does_not_exist:
      return "userDoesntExist";
    case Reason::presenters_only:
    case Reason::organizer_only:
    case Reason::identity_mismatch:
      return "unauthorized";
    case Reason::command_malformed:
    case Reason::address_malformed:
    case Reason::setting_out_of_bounds:
      return "requestMalformed";
    case Reason::method_not_allowed:
      return "notSupported";
    default:
      return "otherFailure";
  }
}

/// One for each operation.  What cannot be carried out fails; the rest goes to the domain, which judges the right.
class ConferenceCommands::Handler {
 public:
  Handler(ConferenceCommands& all, const Request& request, const CccpRequest& asked,
          const std::optional<NamedConference>& conference)
      : all_(all), request_(request), asked_(asked), conference_(conference) {}

  void operator()(const cccp::Other&) const {
    fail(Reason::method_not_allowed, "This operation is not carried out here");
  }
  void operator()(const cccp::Defective& defective) const { fail(Reason::command_malformed, defective.detail); }
  void operator()(const cccp::GetConferencingCapabilities&) const { tell_media(); }
  void operator()(const cccp::GetAvailableMcuTypes&) const { tell_media(); }
  /// [MS-CONFPRO] 3.1.4.4.  A static one, which a person has once and for ever, does not exist here.
  void operator()(const cccp::GetConferences& get) const {
    if (!get.static_only) return all_.list(request_, asked_);
    all_.succeed(all_.context_.pend(request_), asked_, {}, request_.now);
  }
  void operator()(const cccp::AddConference& add) const { all_.create(request_, asked_, add); }
  void operator()(const cccp::AddUser&) const {
    fail(Reason::method_not_allowed, "A person enters by an INVITE of his own to the focus, or is invited to it");
  }
  void operator()(const cccp::GetConference& get) const {
    if (const auto named = named_in(get.conference)) return all_.look(request_, asked_, *named);
    fail(Reason::conference_unknown);
  }
  void operator()(const cccp::ModifyConference& modify) const {
    Commands commands;
    if (modify.settings.subject) commands.emplace_back(domain::conference::SetSubject{*modify.settings.subject});
    if (modify.settings.admission)
      commands.emplace_back(domain::conference::SetAdmission{admission_of(*modify.settings.admission), false});
    if (!modify.settings.expiry_time.empty()) {
      const auto expires = expiry_of(modify.settings, request_.now);
      if (!expires) return fail(Reason::setting_out_of_bounds, expiry_defect);
      commands.emplace_back(domain::conference::SetExpiry{*expires});
    }
    command(modify.conference, std::move(commands));
  }
  void operator()(const cccp::DeleteConference& remove) const {
    command(remove.conference, {domain::conference::End{}});
  }
  void operator()(const cccp::DeleteUser& remove) const {
    const domain::User* user = person_named(all_.context_, remove.user);
    if (user == nullptr) return fail(Reason::user_does_not_exist);
    command(remove.conference, {domain::conference::Eject{user->id}});
  }
  void operator()(const cccp::ModifyUserRoles& modify) const {
    const domain::User* user = person_named(all_.context_, modify.user);
    if (user == nullptr) return fail(Reason::user_does_not_exist);
    const bool presenter = modify.role == "presenter";
    if (!presenter && modify.role != "attendee") return fail(Reason::command_malformed);
    const auto role = presenter ? domain::ConferenceRole::presenter : domain::ConferenceRole::attendee;
    command(modify.conference, {domain::conference::SetRole{user->id, role}});
  }
  void operator()(const cccp::ModifyConferenceLock& lock) const {
    command(lock.conference, {domain::conference::SetLock{lock.locked}});
  }

 private:
  /// A client asks for a unit of each type that is told here.
  void tell_media() const {
    all_.succeed(all_.context_.pend(request_), asked_, wire::lync::cccp_mcu_types({"chat"}), request_.now);
  }
  void fail(Reason reason, std::string_view why = {}) const {
    all_.fail(all_.context_.pend(request_), asked_, reason, request_.now, why);
  }
  /// At a factory the document names the conference.  A focus may be named once more by it, but no other one.
  std::optional<NamedConference> named_in(const std::string& uri) const {
    if (conference_ && uri.empty()) return conference_;
    auto named = conference_named(all_.context_, uri);
    if (conference_ && named && named->key != conference_->key) return std::nullopt;
    return named;
  }
  void command(const std::string& uri, Commands commands) const {
    const auto named = named_in(uri);
    if (!named) return fail(Reason::conference_unknown);
    all_.command(request_, asked_, *named, std::move(commands));
  }

  ConferenceCommands& all_;
  const Request& request_;
  const CccpRequest& asked_;
  const std::optional<NamedConference>& conference_;
};

void ConferenceCommands::on_service(const Request& request) {
  auto asked = wire::lync::read_cccp_request(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  const auto target = simple::conference_of(context_, request.target);
  if (!target) return context_.refuse(request, Reason::conference_unknown);
  if (!*target) return context_.refuse(request, target->reason());
  const simple::ConferenceTarget& named = **target;
  if (named.kind != simple::ConferenceTarget::Kind::factory)
    return carry_out(request, *std::move(asked), NamedConference{named.key, named.organizer->address.text()});
  // Everybody makes his own conferences.
  if (named.organizer != nullptr && named.organizer->id != request.user->id)
    return fail(context_.pend(request), *asked, Reason::organizer_only, request.now);
  carry_out(request, *std::move(asked), std::nullopt);
}

void ConferenceCommands::on_info(const Request& request, const NamedConference& conference) {
  auto asked = wire::lync::read_cccp_request(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  carry_out(request, *std::move(asked), conference);
}

void ConferenceCommands::carry_out(const Request& request, CccpRequest asked,
                                   std::optional<NamedConference> conference) {
  std::visit(Handler(*this, request, asked, conference), asked.operation);
}

void ConferenceCommands::create(const Request& request, CccpRequest asked, const cccp::AddConference& add) {
  const auto failed = [&](Reason reason, std::string_view why) {
    fail(context_.pend(request), asked, reason, request.now, why);
  };
  auto key = domain::ConferenceKey::make(request.user->id, add.conference_id);
  if (!key) return failed(Reason::command_malformed, "conference-id: letters, digits, '-' and '_'");
  domain::CreateConference create;
  create.edge = context_.shard;
  create.key = *key;
  create.subject = add.settings.subject.value_or(std::string());
  if (add.settings.admission) create.admission = admission_of(*add.settings.admission);
  // [MS-CONFBAS] autopromote: who says nothing makes nobody presenter but the organizer.
  create.presenters = domain::PresenterPolicy::nobody;
  if (!add.settings.expiry_time.empty()) {
    const auto expires = expiry_of(add.settings, request.now);
    if (!expires) return failed(Reason::setting_out_of_bounds, expiry_defect);
    create.expires = *expires;
  }
  if (!room_for(request, 1)) return;
  NamedConference conference{*std::move(key), request.user->address.text()};
  create.ticket = context_.ids.next<base::Ticket>();
  hold(create.ticket, std::make_shared<Waiting>(
                          Waiting{context_.pend(request), std::move(asked), std::move(conference), request.user->id}));
  context_.ports.create(std::move(create));
}

void ConferenceCommands::command(const Request& request, CccpRequest asked, const NamedConference& conference,
                                 Commands commands) {
  if (commands.empty()) return succeed(context_.pend(request), asked, {}, request.now);
  if (!room_for(request, commands.size())) return;
  const auto waiting = std::make_shared<Waiting>(
      Waiting{context_.pend(request), std::move(asked), conference, request.user->id, commands.size()});
  for (Command& one : commands) {
    domain::ConferenceCommand command;
    command.ticket = context_.ids.next<base::Ticket>();
    command.edge = context_.shard;
    command.key = conference.key;
    command.by = request.user->id;
    command.command = std::move(one);
    hold(command.ticket, waiting);
    context_.ports.command(std::move(command));
  }
}

void ConferenceCommands::list(const Request& request, CccpRequest asked) {
  if (!room_for(request, 1)) return;
  const auto ticket = context_.ids.next<base::Ticket>();
  hold(ticket,
       std::make_shared<Waiting>(Waiting{context_.pend(request), std::move(asked), std::nullopt, request.user->id}));
  context_.ports.list({ticket, context_.shard, request.user->id});
}

/// What a watcher is told at first answers the question too.
void ConferenceCommands::look(const Request& request, CccpRequest asked, const NamedConference& conference) {
  if (!room_for(request, 1)) return;
  const auto watch = context_.ids.next<base::WatchId>();
  ++speaker_of(request.connection)->changes_waiting;
  looking_.emplace(watch, std::make_shared<Waiting>(
                              Waiting{context_.pend(request), std::move(asked), conference, request.user->id}));
  context_.ports.watch_conference({context_.shard, watch, conference.key, request.user->id, true, true});
}

// ---- answers

bool ConferenceCommands::on(const domain::CreateAnswer& answer, base::Now now) {
  const WaitingPtr waiting = take(answer.ticket);
  if (!waiting) return false;
  if (answer.reason != Reason::none) {
    fail(waiting->pending, waiting->asked, answer.reason, now);
  } else {
    // COMPAT(pidgin-sipe 1.25): without an address in the answer it sends an INVITE to "(null)".
    const std::string focus = focus_uri(waiting->conference->organizer, waiting->conference->key);
    succeed(waiting->pending, waiting->asked, wire::lync::cccp_conference(focus), now);
  }
  return true;
}

bool ConferenceCommands::on(const domain::ConferencesAnswer& answer, base::Now now) {
  const WaitingPtr waiting = take(answer.ticket);
  if (!waiting) return false;
  const domain::User* organizer = context_.directory->find(waiting->user);
  if (answer.reason != Reason::none || organizer == nullptr) {
    fail(waiting->pending, waiting->asked, organizer == nullptr ? Reason::user_does_not_exist : answer.reason, now);
    return true;
  }
  std::string list;
  for (const domain::ConferenceKey& key : answer.keys)
    list += wire::lync::cccp_listed_conference(focus_uri(organizer->address.text(), key), key.id);
  succeed(waiting->pending, waiting->asked, std::move(list), now);
  return true;
}

bool ConferenceCommands::on(const domain::CommandAnswer& answer, base::Now now) {
  const WaitingPtr waiting = take(answer.ticket);
  if (!waiting) return false;
  if (waiting->failure == Reason::none) waiting->failure = answer.reason;
  if (--waiting->answers_owed > 0) return true;
  respond(waiting->pending, waiting->asked, waiting->failure, {}, now);
  return true;
}

bool ConferenceCommands::on(const domain::RosterNews& news, base::Now now) {
  auto found = looking_.extract(news.watch);
  if (found.empty()) return false;
  const WaitingPtr waiting = std::move(found.mapped());
  release(*waiting);
  if (news.over != Reason::none) {
    fail(waiting->pending, waiting->asked, news.over, now);
    return true;
  }
  const NamedConference& conference = *waiting->conference;
  std::string document;
  if (news.roster)
    document = wire::xml::without_declaration(documents_.of(news.roster, conference.key, conference.organizer));
  succeed(waiting->pending, waiting->asked, std::move(document), now);
  return true;
}

// ---- what waits

bool ConferenceCommands::room_for(const Request& request, std::size_t answers) {
  const bool room = speaker_of(request.connection)->changes_waiting + answers <= changes_waiting_per_connection_max;
  if (!room) context_.refuse(request, Reason::server_busy);
  return room;
}

void ConferenceCommands::hold(base::Ticket ticket, const WaitingPtr& waiting) {
  waiting_.emplace(ticket, waiting);
  if (const auto* connection = context_.find(waiting->pending.connection)) ++speaker_of(*connection)->changes_waiting;
}

ConferenceCommands::WaitingPtr ConferenceCommands::take(base::Ticket ticket) {
  auto found = waiting_.extract(ticket);
  if (found.empty()) return nullptr;
  release(*found.mapped());
  return std::move(found.mapped());
}

void ConferenceCommands::release(const Waiting& waiting) {
  if (const auto* connection = context_.find(waiting.pending.connection)) --speaker_of(*connection)->changes_waiting;
}

void ConferenceCommands::succeed(const Pending& pending, const CccpRequest& asked, std::string result, base::Now now) {
  respond(pending, asked, Reason::none, std::move(result), now);
}

void ConferenceCommands::fail(const Pending& pending, const CccpRequest& asked, Reason reason, base::Now now,
                              std::string_view why) {
  respond(pending, asked, reason, {}, now, why);
}

void ConferenceCommands::respond(const Pending& pending, const CccpRequest& asked, Reason reason, std::string result,
                                 base::Now now, std::string_view why_not) {
  wire::sip::Writer writer = context_.begin(pending, 200);
  if (reason != Reason::none) {
    std::string why = std::to_string(base::id_of(reason)) +
                      ";reason=" + wire::sip::quoted(why_not.empty() ? base::text_of(reason) : why_not);
    why.append(";source=").append(wire::sip::quoted(context_.settings.host));
    writer.header(HeaderName::ms_diagnostics, why);
  }
  const std::string body =
      wire::lync::write_cccp_response({asked.id, asked.to, asked.from, std::string(cccp_reason(reason)), asked.name,
                                       reason == Reason::none ? std::move(result) : std::string()});
  context_.reply(pending.transaction, 200, std::move(writer), now, wire::lync::cccp_type, body);
}

}  // namespace tertulia::face::lync
