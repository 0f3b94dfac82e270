// SPDX-License-Identifier: Apache-2.0
// What test_tickets.h declares: tickets in DER (RFC 4120 5.3), the rest by the library.
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <gtest/gtest.h>
#include <krb5.h>

#include <array>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "io/kerberos/test_tickets.h"

namespace tertulia::io::testing {
namespace {

constexpr std::string_view session_key = "session key of thirty-two octets";
constexpr krb5_keyusage usage_of_ticket = 2;        // RFC 4120 7.5.1
constexpr krb5_cksumtype gssapi_checksum = 0x8003;  // RFC 4121 4.1.1
constexpr int kind = ENCTYPE_AES256_CTS_HMAC_SHA1_96;

std::string der(unsigned tag, const std::string& content) {
  std::string out(1, static_cast<char>(tag));
  const std::size_t size = content.size();
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else {
    out += '\x82';
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 0xff);
  }
  return out + content;
}
std::string sequence(const std::string& content) { return der(0x30, content); }
std::string field(unsigned number, const std::string& content) { return der(0xa0 + number, content); }
std::string integer(unsigned number) { return der(0x02, std::string(1, static_cast<char>(number))); }
std::string octets(std::string_view text) { return der(0x04, std::string(text)); }
std::string general(std::string_view text) { return der(0x1b, std::string(text)); }
std::string realm_of(const std::string& principal) { return principal.substr(principal.rfind('@') + 1); }
std::string name_of(const std::string& principal) {
  const std::string name = principal.substr(0, principal.rfind('@'));
  const std::size_t slash = name.find('/');
  std::string parts = general(name.substr(0, slash));
  if (slash != std::string::npos) parts += general(name.substr(slash + 1));
  return sequence(field(0, integer(1)) + field(1, sequence(parts)));
}
std::string time_text(int seconds) {
  const std::time_t when = std::time(nullptr) + seconds;
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  std::array<char, 20> text{};
  std::strftime(text.data(), text.size(), "%Y%m%d%H%M%SZ", &parts);
  return der(0x18, text.data());
}

class Library {
 public:
  Library() { EXPECT_EQ(krb5_init_context(&context), 0); }
  ~Library() { krb5_free_context(context); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  krb5_principal parse(const std::string& text) const {
    krb5_principal principal = nullptr;
    EXPECT_EQ(krb5_parse_name(context, text.c_str(), &principal), 0);
    return principal;
  }
  krb5_context context = nullptr;
};

krb5_keyblock keyblock(std::string_view key) {
  krb5_keyblock block{};
  block.enctype = kind;
  block.length = static_cast<unsigned>(session_key.size());
  block.contents = reinterpret_cast<krb5_octet*>(const_cast<char*>(key.data()));
  return block;
}

std::string sealed(const Library& library, const std::string& text, const std::string& key) {
  const krb5_keyblock block = keyblock(key);
  std::size_t length = 0;
  EXPECT_EQ(krb5_c_encrypt_length(library.context, kind, text.size(), &length), 0);
  std::string out(length, '\0');
  const krb5_data input{KV5M_DATA, static_cast<unsigned>(text.size()), const_cast<char*>(text.data())};
  krb5_enc_data output{};
  output.ciphertext = {KV5M_DATA, static_cast<unsigned>(out.size()), out.data()};
  EXPECT_EQ(krb5_c_encrypt(library.context, &block, usage_of_ticket, nullptr, &input, &output), 0);
  return out;
}

std::string ticket(const Library& library, const TicketFacts& facts) {
  const std::string key = sequence(field(0, integer(kind)) + field(1, octets(session_key)));
  const std::string transited = sequence(field(0, integer(1)) + field(1, octets("")));
  const std::string inner =
      der(0x63, sequence(field(0, der(0x03, std::string(5, '\0'))) + field(1, key) +
                         field(2, general(realm_of(facts.client))) + field(3, name_of(facts.client)) +
                         field(4, transited) + field(5, time_text(facts.begins)) + field(6, time_text(facts.begins)) +
                         field(7, time_text(facts.ends))));
  const std::string part = sequence(field(0, integer(kind)) + field(1, integer(facts.version)) +
                                    field(2, octets(sealed(library, inner, facts.key))));
  return der(0x61, sequence(field(0, integer(5)) + field(1, general(realm_of(facts.service))) +
                            field(2, name_of(facts.service)) + field(3, part)));
}

/// What a client believes to have got; it always believes that the ticket is good now.
class Credentials {
 public:
  Credentials(const Library& library, const TicketFacts& facts) : library_(library), bytes_(ticket(library, facts)) {
    const auto now = static_cast<krb5_timestamp>(std::time(nullptr) + facts.clock);
    creds.client = library.parse(facts.client);
    creds.server = library.parse(facts.service);
    creds.keyblock = keyblock(session_key);
    creds.times = {now - 60, now - 60, now + 36000, 0};
    creds.ticket = {KV5M_DATA, static_cast<unsigned>(bytes_.size()), bytes_.data()};
  }
  ~Credentials() {
    krb5_free_principal(library_.context, creds.client);
    krb5_free_principal(library_.context, creds.server);
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  krb5_creds creds{};

 private:
  const Library& library_;
  std::string bytes_;
};

}  // namespace

void write_keytab(const std::string& path, const std::vector<KeytabLine>& lines) {
  const auto number = [](std::uint64_t value, int octets) {
    std::string out;
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
    return out;
  };
  const auto counted = [&](const std::string& text) { return number(text.size(), 2) + text; };
  std::error_code none;
  std::string all = std::filesystem::exists(path, none) ? "" : "\x05\x02";
  for (const KeytabLine& line : lines) {
    const std::size_t slash = line.principal.find('/'), at = line.principal.rfind('@');
    const std::string entry = number(2, 2) + counted(realm_of(line.principal)) +
                              counted(line.principal.substr(0, slash)) +
                              counted(line.principal.substr(slash + 1, at - slash - 1)) + number(1, 4) + number(0, 4) +
                              number(line.version & 0xff, 1) + number(kind, 2) +
                              counted(line.key.substr(0, session_key.size())) + number(line.version, 4);
    all += number(entry.size(), 4) + entry;
  }
  std::ofstream(path, std::ios::app | std::ios::binary) << all;
}

std::string token_of(const TicketFacts& facts) {
  const Library library;
  Credentials credentials(library, facts);
  EXPECT_EQ(krb5_set_real_time(library.context, static_cast<krb5_timestamp>(std::time(nullptr) + facts.clock), 0), 0);
  krb5_auth_context auth = nullptr;
  EXPECT_EQ(krb5_auth_con_init(library.context, &auth), 0);
  EXPECT_EQ(krb5_auth_con_set_req_cksumtype(library.context, auth, gssapi_checksum), 0);
  std::string checksum(24, '\0');  // RFC 4121 4.1.1: no channel binding, integrity alone
  checksum[0] = 16;
  checksum[20] = GSS_C_INTEG_FLAG;
  krb5_data input{KV5M_DATA, static_cast<unsigned>(checksum.size()), checksum.data()}, output{};
  EXPECT_EQ(krb5_mk_req_extended(library.context, &auth, 0, &input, &credentials.creds, &output), 0);
  std::string inner("\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00", 13);
  inner.append(output.data, output.length);
  krb5_free_data_contents(library.context, &output);
  krb5_auth_con_free(library.context, auth);
  return der(0x60, inner);
}

struct TestInitiator::State {
  Library library;
  krb5_ccache cache = nullptr;
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  gss_name_t target = GSS_C_NO_NAME;
  OM_uint32 flags = GSS_C_INTEG_FLAG;

  std::string step(std::string_view answer, bool& good) {
    gss_buffer_desc input{answer.size(), const_cast<char*>(answer.data())}, output{};
    OM_uint32 minor = 0;
    const OM_uint32 major =
        gss_init_sec_context(&minor, credential, &context, target, const_cast<gss_OID>(gss_mech_krb5), flags, 0,
                             nullptr, answer.empty() ? GSS_C_NO_BUFFER : &input, nullptr, &output, nullptr, nullptr);
    good = !GSS_ERROR(major);
    std::string token(static_cast<const char*>(output.value), output.length);
    gss_release_buffer(&minor, &output);
    return token;
  }
};

TestInitiator::TestInitiator(const TicketFacts& facts) : state_(std::make_unique<State>()) {
  static std::atomic<unsigned> count{0};
  State& state = *state_;
  if (facts.mutual) state.flags |= GSS_C_MUTUAL_FLAG;
  Credentials credentials(state.library, facts);
  const std::string name = "MEMORY:tickets" + std::to_string(++count);
  EXPECT_EQ(krb5_cc_resolve(state.library.context, name.c_str(), &state.cache), 0);
  EXPECT_EQ(krb5_cc_initialize(state.library.context, state.cache, credentials.creds.client), 0);
  EXPECT_EQ(krb5_cc_store_cred(state.library.context, state.cache, &credentials.creds), 0);
  gss_key_value_element_desc element{"ccache", name.c_str()};
  const gss_key_value_set_desc store{1, &element};
  gss_OID_set_desc mechanisms{1, const_cast<gss_OID>(gss_mech_krb5)};
  gss_buffer_desc text{facts.service.size(), const_cast<char*>(facts.service.data())};
  OM_uint32 minor = 0;
  EXPECT_EQ(gss_import_name(&minor, &text, const_cast<gss_OID>(GSS_KRB5_NT_PRINCIPAL_NAME), &state.target), 0U);
  EXPECT_EQ(gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &store,
                                  &state.credential, nullptr, nullptr),
            0U);
  bool good = false;
  token_ = state.step({}, good);
  EXPECT_TRUE(good);
}

TestInitiator::~TestInitiator() {
  OM_uint32 minor = 0;
  gss_delete_sec_context(&minor, &state_->context, GSS_C_NO_BUFFER);
  gss_release_cred(&minor, &state_->credential);
  gss_release_name(&minor, &state_->target);
  krb5_cc_destroy(state_->library.context, state_->cache);
}

bool TestInitiator::finish(std::string_view answer) {
  bool good = false;
  (void)state_->step(answer, good);
  return good;
}

std::string TestInitiator::sign(std::string_view text) {
  gss_buffer_desc message{text.size(), const_cast<char*>(text.data())}, code{};
  OM_uint32 minor = 0;
  EXPECT_EQ(gss_get_mic(&minor, state_->context, GSS_C_QOP_DEFAULT, &message, &code), 0U);
  std::string out(static_cast<const char*>(code.value), code.length);
  gss_release_buffer(&minor, &code);
  return out;
}

bool TestInitiator::verify(std::string_view text, std::string_view signature) {
  gss_buffer_desc message{text.size(), const_cast<char*>(text.data())};
  gss_buffer_desc code{signature.size(), const_cast<char*>(signature.data())};
  OM_uint32 minor = 0;
  return !GSS_ERROR(gss_verify_mic(&minor, state_->context, &message, &code, nullptr));
}

}  // namespace tertulia::io::testing
