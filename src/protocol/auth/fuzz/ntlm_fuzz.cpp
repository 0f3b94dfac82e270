// SPDX-License-Identifier: Apache-2.0
// Whatever stands in the credentials of the signing schemes: what is read keeps the limits, and nobody passes without
// the right proof.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "protocol/auth/gssapi_header.h"
#include "protocol/auth/limits.h"
#include "protocol/auth/ntlm.h"
#include "protocol/auth/ntlm_messages.h"
#include "protocol/auth/signature_text.h"
#include "protocol/auth/signed_context.h"

namespace {

using namespace tertulia;
using namespace protocol::auth;

class Nobody final : public MessageSigner {
 public:
  std::string sign(std::string_view) override { return "signature"; }
  bool verify(std::string_view text, std::string_view) override { return text.size() % 2 == 0; }
};

void try_authenticate(std::string_view bytes) {
  const auto message = read_ntlm_authenticate(bytes);
  if (!message) return;
  for (const std::string& name : {message->user, message->domain, message->host})
    TERTULIA_CHECK(name.size() <= ntlm_name_bytes_max && base::is_utf8(name));
  TERTULIA_CHECK(message->nt_response.size() <= ntlm_response_bytes_max);
  TERTULIA_CHECK(!ntlm_verify(*message, {}, std::string(16, 'h')));  // the input cannot know the hash
}

void try_message(const std::string& bytes) {
  const auto message = wire::sip::Message::parse(bytes);
  if (!message) return;
  const auto credentials = read_gssapi_credentials(*message);
  if (!credentials) return;
  TERTULIA_CHECK(credentials->gssapi_data.size() <= gssapi_data_bytes_max);
  TERTULIA_CHECK(credentials->response.size() <= signature_bytes_max);
  TERTULIA_CHECK(credentials->has_signature() == !credentials->response.empty());
  try_authenticate(credentials->gssapi_data);
  base::Random random(std::uint64_t{1});
  SignedContext context({credentials->scheme, credentials->opaque, credentials->realm, credentials->targetname,
                         credentials->version, base::TimePoint::never()},
                        std::make_unique<Nobody>());
  if (context.verify(*message, *credentials)) TERTULIA_CHECK(!context.verify(*message, *credentials));
  TERTULIA_CHECK(context.authentication_info(*message, random).find('\n') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  try_authenticate(input);
  try_authenticate(std::string("NTLMSSP\0\3\0\0\0", 12) + input);
  try_message("REGISTER sip:example.com SIP/2.0\r\nAuthorization: NTLM " + input + "\r\n\r\n");
  try_message("MESSAGE sip:example.com SIP/2.0\r\n" + input);
  return 0;
}
