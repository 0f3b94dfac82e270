// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/lync/lync.h"
#include "face/lync/notices.h"
#include "face/lync/services.h"
#include "face/lync/sign_in.h"
#include "face/simple/dialect.h"

namespace tertulia::face::lync {

/// What the SIP face asks of the dialect, given to the part that knows.
class LyncDialect final : public simple::Dialect {
 public:
  LyncDialect(Context& context, simple::SignInGuard& guard, const LyncSettings& settings, const SchemePorts& ports);

  bool proves(const Request& request) const override { return sign_in_.proves(request); }
  bool admit(Request& request) override { return sign_in_.admit(request); }
  void on_directory_changed(const domain::Directory& before, base::Now now) override;

  bool knows_extension(std::string_view tag) const override;
  bool on_request(Request& request) override;
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
  bool on(const domain::CreateAnswer&, base::Now) override { return false; }
  bool on(const domain::JoinAnswer&, base::Now) override { return false; }
  bool on(const domain::AddAnswer&, base::Now) override { return false; }
  bool on(const domain::CommandAnswer&, base::Now) override { return false; }
  bool on(const domain::RosterNews&, base::Now) override { return false; }
  bool on(const domain::SeatEnded&, base::Now) override { return false; }
  bool on(const domain::LegGrown&, base::Now) override { return false; }
  bool on(const domain::InviteLeg&, base::Now) override { return false; }
  bool on(const domain::EndLeg&, base::Now) override { return false; }
  void describe_delivery(const domain::DeliverSession&, wire::sip::Writer&) override {}
  void flush(base::Now now) override { notices_.flush(now); }

  void on_connection_closed(base::ConnectionId id) override;
  void stop(base::Now now) override { notices_.stop(now); }
  std::size_t subscription_count() const override { return notices_.size(); }

 private:
  bool on_subscribe(const Request& request);

  Context& context_;
  SignIn sign_in_;
  Notices notices_;
  Services services_;
  std::string address_book_;
};

}  // namespace tertulia::face::lync
