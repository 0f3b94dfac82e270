// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/lync/conferences.h"
#include "face/lync/lync.h"
#include "face/lync/notices.h"
#include "face/lync/services.h"
#include "face/lync/sign_in.h"
#include "face/simple/dialect.h"

namespace tertulia::face::lync {

/// What the SIP face asks of the dialect, given to the part that knows.
class LyncDialect final : public simple::Dialect {
 public:
  LyncDialect(Context& context, simple::SignInGuard& guard, simple::Sessions& sessions, const LyncSettings& settings,
              const SchemePorts& ports);

  bool proves(const Request& request) const override { return sign_in_.proves(request); }
  bool admit(Request& request) override { return sign_in_.admit(request); }
  void on_directory_changed(const domain::Directory& before, base::Now now) override;
  void say_goodbye(const Connection& connection, base::Reason why, base::Now now) override;

  bool knows_extension(std::string_view tag) const override;
  bool on_request(Request& request) override;
  bool on_cancel(protocol::transaction::ServerId invite, base::Now now) override {
    return conferences_.on_cancel(invite, now);
  }
  void describe_registration(const simple::Registered& registered, wire::sip::Writer& writer) override;
  void explain(base::Reason reason, int status, std::string_view text, wire::sip::Writer& writer) const override;
  int status_for(base::Reason reason, int status) const override;

  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now) override;
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now) override;
  bool on_undeliverable(base::Ticket ticket, base::Now now) override;

  bool on(const domain::PublishAnswer& answer, base::Now now) override { return services_.on(answer, now); }
  bool on(const domain::SetLevelAnswer& answer, base::Now now) override { return services_.on(answer, now); }
  bool on(const domain::ContactsAnswer& answer, base::Now now) override { return services_.on(answer, now); }
  bool on(const domain::PresenceNews::Item& news, base::Now now) override;
  bool on(const domain::SelfNews& news, base::Now now) override;
  bool on(const domain::ContactsNews& news, base::Now now) override;
  bool on(const domain::ConferencesAnswer& answer, base::Now now) override { return conferences_.on(answer, now); }
  bool on(const domain::CreateAnswer& answer, base::Now now) override { return conferences_.on(answer, now); }
  bool on(const domain::JoinAnswer& answer, base::Now now) override { return conferences_.on(answer, now); }
  bool on(const domain::AddAnswer& answer, base::Now now) override { return conferences_.on(answer, now); }
  bool on(const domain::CommandAnswer& answer, base::Now now) override { return conferences_.on(answer, now); }
  bool on(const domain::RosterNews& news, base::Now now) override { return conferences_.on(news, now); }
  bool on(const domain::SeatEnded& ended, base::Now now) override { return conferences_.on(ended, now); }
  bool on(const domain::LegGrown& grown, base::Now now) override { return conferences_.on(grown, now); }
  bool on(const domain::InviteLeg& invite, base::Now now) override { return conferences_.on(invite, now); }
  bool on(const domain::EndLeg& end, base::Now now) override { return conferences_.on(end, now); }
  void describe_delivery(const domain::DeliverSession& deliver, wire::sip::Writer& writer) override;
  void tell_undelivered(simple::Leg& leg, const Pending& message, const domain::PostAnswer& answer,
                        base::Now now) override;
  void flush(base::Now now) override { notices_.flush(now); }

  void on_connection_closed(base::ConnectionId id) override;
  void stop(base::Now now) override;
  std::size_t subscription_count() const override { return notices_.size(); }

 private:
  bool in_dialog(const Request& request);
  bool on_subscribe(const Request& request);

  Context& context_;
  SignIn sign_in_;
  Notices notices_;
  Conferences conferences_;
  Services services_;
  std::string address_book_;
  PhotoAddresses photos_;
};

}  // namespace tertulia::face::lync
