// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "domain/contacts/events.h"
#include "domain/presence/events.h"
#include "face/lync/conferences.h"
#include "face/lync/notices.h"
#include "face/lync/speaker.h"
#include "wire/lync/contact_request.h"

namespace tertulia::face::lync {

/// SERVICE requests of clients of the dialect, by Content-Type (provisioning-and-contacts 8): publications, changes of
/// contacts and privacy levels, questions to the directory, and what is wanted of conferences.
class Services {
 public:
  Services(Context& context, Notices& notices, Conferences& conferences)
      : context_(context), notices_(notices), conferences_(conferences) {}

  void on_service(const Request& request);
  // answers of the domain; false: nobody of ours waits for this ticket
  bool on(const domain::PublishAnswer& answer, base::Now now);
  bool on(const domain::SetLevelAnswer& answer, base::Now now);
  bool on(const domain::ContactsAnswer& answer, base::Now now);

 private:
  /// A request that waits for one or more answers of the domain.
  struct Waiting {
    Pending pending;
    base::UserId user;
    std::size_t answers_owed = 1;
    base::Reason first_failure = base::Reason::none;
    bool adds_group = false;
    std::vector<std::string> categories = {};       ///< touched by a publication
    std::vector<domain::PublicationKey> keys = {};  ///< of a publication, in its order
    std::vector<std::uint32_t> versions = {};       ///< as the client knows them, in the same order
  };
  using WaitingPtr = std::shared_ptr<Waiting>;

  void publish(const Request& request);
  void change_contacts(const Request& request);
  void set_members(const Request& request);
  void acknowledge(const Request& request);
  void search(const Request& request, const wire::lync::DirectorySearch& asked);

  bool room_for(const Request& request, std::size_t changes);
  base::Ticket wait(const WaitingPtr& waiting);
  WaitingPtr take(base::Ticket ticket);
  void ok(const Pending& pending, base::Now now, std::string_view content_type = {}, std::string_view body = {});
  void refuse_conflict(const Waiting& waiting, const domain::PublishAnswer& answer, base::Now now);
  void settle(const Waiting& waiting, base::Now now);

  Context& context_;
  Notices& notices_;
  Conferences& conferences_;
  std::unordered_map<base::Ticket, WaitingPtr> waiting_;
};

}  // namespace tertulia::face::lync
