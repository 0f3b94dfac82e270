// SPDX-License-Identifier: Apache-2.0
// Whatever stands in an Authorization header: nobody passes without the right response, and none passes twice.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "protocol/auth/digest.h"

namespace {

using namespace tertulia;
using namespace protocol::auth;

/// Puts the nonce of the challenge where the input says $.
std::string with_nonce(std::string_view input, std::string_view nonce) {
  std::string text;
  for (const char c : input) {
    if (c == '$') {
      text.append(nonce);
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  DigestSettings settings;
  settings.realm = "example.com";
  base::Random random(std::uint64_t{1});
  DigestAcceptor acceptor(settings);
  const base::TimePoint now{1'000'000};
  const auto challenges = acceptor.challenges(input.substr(0, 8), size % 2 == 0, random, now);
  TERTULIA_CHECK(!challenges.empty());
  const auto challenge = wire::sip::AuthValue::parse(challenges.front());
  TERTULIA_CHECK(challenge.has_value());
  auto message =
      wire::sip::Message::parse("REGISTER sip:example.com SIP/2.0\r\nAuthorization: Digest realm=\"example.com\", " +
                                with_nonce(input, challenge->parameters.value("nonce")) + "\r\n\r\n");
  if (!message) return 0;
  auto presented = acceptor.presented(*message);
  if (!presented) return 0;
  TERTULIA_CHECK(!presented->user_name.empty() && digest_algorithm(presented->algorithm).has_value());
  const std::string ha1 =
      make_ha1(*digest_algorithm(presented->algorithm), presented->user_name, settings.realm, "secret");
  TERTULIA_CHECK(!acceptor.check(*presented, *message, ha1, now));  // the input cannot know the response
  // With the right response the same credentials pass once, if the nonce is ours.
  presented->value.parameters.set(
      "response", digest_response(presented->value, *digest_algorithm(presented->algorithm), ha1, "REGISTER"));
  const bool passed = acceptor.check(*presented, *message, ha1, now).has_value();
  TERTULIA_CHECK(passed == (presented->value.parameters.value("nonce") == challenge->parameters.value("nonce")));
  TERTULIA_CHECK(!acceptor.check(*presented, *message, ha1, now));
  TERTULIA_CHECK(!acceptor.authentication_info(*presented, ha1, random, now).empty());
  return 0;
}
