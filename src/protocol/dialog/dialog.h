// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace tertulia::protocol::dialog {

/// Call-ID and both tags (RFC 3261 12).
struct DialogId {
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;
  friend bool operator==(const DialogId&, const DialogId&) = default;
  friend auto operator<=>(const DialogId&, const DialogId&) = default;
};

/// State of one dialog, either side (RFC 3261 12.1, 12.2).  A value; the owner keeps it in its table.  Parties, route
/// set and target are kept byte for byte, since some clients compare texts.  A peer without tag (RFC 2543) has an empty
/// one.
class Dialog {
 public:
  /// We answered an INVITE with a 2xx carrying `local_tag` (12.1.1).  Errors: header_missing (no Contact),
  /// header_malformed.
  static base::Result<Dialog> from_incoming(const wire::sip::Message& request, const wire::sip::Basics& basics,
                                            std::string local_tag);
  /// We sent an INVITE with CSeq `cseq` and got a 2xx (12.1.2).  `local_tag`: that of our From.
  static base::Result<Dialog> from_outgoing(const wire::sip::Message& response, const wire::sip::Basics& basics,
                                            std::string_view local_tag, std::uint32_t cseq);

  const DialogId& id() const { return id_; }
  /// Judges a request inside of the dialog: CSeq must grow (12.2.2; ACK and CANCEL carry the INVITE's number).
  /// Errors: cseq_out_of_order, header_malformed (Contact).  Target refresh (re-INVITE, UPDATE) takes over the Contact.
  /// After an error nothing has changed.
  base::Result<void> on_request(const wire::sip::Message& request, const wire::sip::Basics& basics);
  /// Begins the next request of our side: request line, Via, Route set in order, Max-Forwards, From, To, Call-ID, CSeq.
  /// `via`: complete value with branch.  Not for ACK and CANCEL, which have no number of their own.
  wire::sip::Writer next_request(wire::sip::Method method, std::string_view via);
  /// The ACK of our INVITE's 2xx (13.2.2.4): CSeq of the INVITE.
  wire::sip::Writer ack(std::string_view via) const;
  /// COMPAT(pidgin-sipe 1.25): sooner or later the peer writes this dialog with the From that it has in `other`, and then
  /// counts its requests anew: their numbers are not judged any more.
  void take_remote_party(const Dialog& other);
  std::uint32_t local_cseq() const { return local_cseq_; }
  const std::string& remote_target() const { return remote_target_; }

 private:
  wire::sip::Writer begin(std::string_view method, std::string_view via, std::uint32_t cseq) const;
  DialogId id_;
  std::string local_party_;    ///< value of our From, with tag, as the peer knows it
  std::string remote_party_;   ///< value of our To, with tag, as the peer wrote it
  std::string remote_target_;  ///< URI text of the peer's Contact
  std::vector<std::string> route_set_;
  std::uint32_t local_cseq_ = 0;
  std::uint32_t invite_cseq_ = 0;
  std::optional<std::uint32_t> remote_cseq_;
  bool counts_ = true;  ///< the peer's numbers must grow
};

}  // namespace tertulia::protocol::dialog
