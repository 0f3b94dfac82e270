// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "face/simple/calls.h"
#include "face/simple/conference_rosters.h"
#include "face/simple/context.h"
#include "face/simple/dialect.h"
#include "face/simple/face.h"
#include "face/simple/gate.h"
#include "face/simple/pages.h"
#include "face/simple/presence_renderer.h"
#include "face/simple/publications.h"
#include "face/simple/registration.h"
#include "face/simple/sessions.h"
#include "face/simple/sign_in_guard.h"
#include "face/simple/subscriptions.h"

// Inside of the face; nobody else includes this.
namespace tertulia::face::simple {

/// The parts of a face and what stands between them.  face.cpp: bytes of clients; face_events.cpp: what the domain and the
/// administrator say.
struct Face::State final : protocol::transaction::LayerPorts {
  State(const FaceSettings& settings, FacePorts& ports, base::Random& random, base::IdSource& ids, const base::Log& log,
        const domain::CredentialKeeper& keeper, base::ShardId shard, domain::DirectoryPtr users,
        const DialectFactory& make_dialect)
      : context(settings, ports, random, ids, log, keeper, shard, *this),
        guard(context),
        gate(context, guard),
        registration(context),
        sessions(context),
        pages(context, sessions),
        publications(context),
        renderer(context.metrics),
        rosters(context.metrics),
        subscriptions(context),
        calls(context) {
    context.directory = std::move(users);
    add_packages();
    if (make_dialect) dialect = make_dialect(context, guard, sessions);
    context.dialect = dialect.get();
  }

  void send(base::ConnectionId connection, std::string_view wire) override { context.send(connection, wire); }

  /// Each event package that this face serves; where two have one name, the particular one stands first.
  void add_packages();

  // the stream
  void on_event(Connection& connection, wire::sip::Framer::NeedMore event, base::Now now);
  void on_event(Connection& connection, wire::sip::Framer::Ping event, base::Now now);
  void on_event(Connection& connection, wire::sip::Framer::Pong event, base::Now now);
  void on_event(Connection& connection, wire::sip::Framer::Complete&& event, base::Now now);
  void on_event(Connection& connection, wire::sip::Framer::Broken&& event, base::Now now);
  void close(Connection& connection, std::string_view why);
  void drop_unwelcome();
  void count_defect(Connection& connection);

  // one message
  void on_response(Connection& connection, const wire::sip::Message& message, base::Now now);
  protocol::transaction::ClientId told_by_status(const Connection& connection, const wire::sip::Message& response);
  void on_status(Connection& connection, protocol::transaction::ClientId id, const wire::sip::Message& response,
                 base::Now now);
  void on_request(Connection& connection, const std::shared_ptr<const wire::sip::Message>& message, base::Now now);
  void on_cancel(const protocol::transaction::RequestFate& fate, Request& request);
  void handle(Request& request);
  void on_ended(const std::vector<protocol::transaction::Ended>& ended, base::Now now);

  // deadlines of connections
  void arm(Connection& connection);
  void on_deadlines(base::Now now);

  Context context;
  SignInGuard guard;
  Gate gate;
  Registration registration;
  Sessions sessions;
  Pages pages;
  Publications publications;
  PresenceRenderer renderer;
  ConferenceRosters rosters;
  Subscriptions subscriptions;
  Calls calls;
  std::unique_ptr<Dialect> dialect;
  std::set<std::pair<base::TimePoint, base::ConnectionId>> deadlines;
};

}  // namespace tertulia::face::simple
