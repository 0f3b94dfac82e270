// SPDX-License-Identifier: Apache-2.0
#include "io/kerberos/acceptor.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "io/kerberos/keytab.h"
#include "io/kerberos/limits.h"

namespace tertulia::io {

using base::Error;
using base::Reason;
using base::Result;
using protocol::auth::KerberosAcceptor;
using protocol::auth::KerberosProof;

namespace {

/// 1.2.840.113554.1.2.2 with tag and length, as it stands in each token (RFC 4121 4.1).
constexpr std::string_view mechanism_in_token("\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 11);

gss_OID kerberos() { return const_cast<gss_OID>(gss_mech_krb5); }

/// An object of the library with the function that releases it.
template <typename Object, auto release>
class Handle {
 public:
  Handle() = default;
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, Object{})) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Handle() { release(object_); }
  Object get() const { return object_; }
  Object* out() { return &object_; }

 private:
  Object object_{};
};

void release_name(gss_name_t& name) {
  OM_uint32 minor = 0;
  gss_release_name(&minor, &name);
}
void release_credential(gss_cred_id_t& credential) {
  OM_uint32 minor = 0;
  gss_release_cred(&minor, &credential);
}
void release_context(gss_ctx_id_t& context) {
  OM_uint32 minor = 0;
  gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
}
void release_buffer(gss_buffer_desc& buffer) {
  OM_uint32 minor = 0;
  gss_release_buffer(&minor, &buffer);
}
using Name = Handle<gss_name_t, release_name>;
using Credential = Handle<gss_cred_id_t, release_credential>;
using SecurityContext = Handle<gss_ctx_id_t, release_context>;
using Buffer = Handle<gss_buffer_desc, release_buffer>;

std::string text_of(const gss_buffer_desc& buffer) {
  return buffer.length == 0 ? std::string() : std::string(static_cast<const char*>(buffer.value), buffer.length);
}
gss_buffer_desc borrowed(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }

/// What the library says of an error, for the log.
std::string said(OM_uint32 major, OM_uint32 minor) {
  std::string all;
  for (const auto& [code, kind] : {std::pair{major, GSS_C_GSS_CODE}, std::pair{minor, GSS_C_MECH_CODE}}) {
    OM_uint32 trouble = 0, more = 0;
    Buffer text;
    if (code == 0 || GSS_ERROR(gss_display_status(&trouble, code, kind, kerberos(), &more, text.out()))) continue;
    all += (all.empty() ? "" : ": ") + text_of(text.get());
  }
  return all.substr(0, kerberos_detail_octets_max);
}

/// By the code of Kerberos, which arrives unchanged, because no other mechanism is ever asked.  What is no ticket at all
/// has a code of another table, or none.
Reason reason_of(OM_uint32 minor) {
  constexpr krb5_error_code of_one_table = 256;
  const auto code = static_cast<krb5_error_code>(minor);
  switch (code) {
    case KRB5KRB_AP_ERR_SKEW:
    case KRB5KRB_AP_ERR_TKT_NYV:
      return Reason::clock_differs;
    case KRB5KRB_AP_ERR_TKT_EXPIRED:
      return Reason::ticket_expired;
    case KRB5KRB_AP_ERR_MSG_TYPE:
    case KRB5KRB_AP_ERR_BADVERSION:
    case KRB5_BADMSGTYPE:
      return Reason::header_malformed;
    default:
      break;
  }
  const bool of_kerberos = code >= ERROR_TABLE_BASE_krb5 && code < ERROR_TABLE_BASE_krb5 + of_one_table;
  return of_kerberos ? Reason::credentials_wrong : Reason::header_malformed;
}

/// A token of Kerberos and nothing else: tag, length of DER, mechanism.
bool is_kerberos_token(std::string_view token) {
  if (token.size() < 2 || token[0] != '\x60') return false;
  const auto length = static_cast<unsigned char>(token[1]);
  const std::size_t more = length < 0x80 ? 0 : length - 0x80U;
  return more <= 4 && token.size() > 2 + more && token.substr(2 + more).starts_with(mechanism_in_token);
}

class GssSigner final : public protocol::auth::MessageSigner {
 public:
  explicit GssSigner(SecurityContext context) : context_(std::move(context)) {}

  std::string sign(std::string_view text) override {
    gss_buffer_desc message = borrowed(text);
    OM_uint32 minor = 0;
    Buffer code;
    if (GSS_ERROR(gss_get_mic(&minor, context_.get(), GSS_C_QOP_DEFAULT, &message, code.out()))) return {};
    return text_of(code.get());
  }

  /// What the library would say about order and repetition does not count: each number of a signature is taken once.
  bool verify(std::string_view text, std::string_view signature) override {
    gss_buffer_desc message = borrowed(text), code = borrowed(signature);
    OM_uint32 minor = 0;
    return !GSS_ERROR(gss_verify_mic(&minor, context_.get(), &message, &code, nullptr));
  }

 private:
  SecurityContext context_;
};

class GssAcceptor final : public KerberosAcceptor {
 public:
  GssAcceptor(std::string service, std::vector<Credential> credentials)
      : service_(std::move(service)), credentials_(std::move(credentials)) {}

  const std::string& targetname() const override { return service_; }

  Result<KerberosProof> accept(std::string_view token) const override {
    if (token.size() > kerberos_token_octets_max || !is_kerberos_token(token))
      return Error{Reason::header_malformed, "gssapi-data is no token of Kerberos"};
    Error error{Reason::credentials_wrong, {}};
    for (const Credential& credential : credentials_) {
      Result<KerberosProof> proof = accept_with(credential, token);
      if (proof || proof.reason() != Reason::credentials_wrong) return proof;
      error = proof.error();
    }
    return error;
  }

 private:
  static Result<KerberosProof> accept_with(const Credential& credential, std::string_view token) {
    gss_buffer_desc input = borrowed(token);
    OM_uint32 minor = 0, flags = 0;
    SecurityContext context;
    Name source;
    Buffer output;
    const OM_uint32 major =
        gss_accept_sec_context(&minor, context.out(), credential.get(), &input, GSS_C_NO_CHANNEL_BINDINGS, source.out(),
                               nullptr, output.out(), &flags, nullptr, nullptr);
    if (GSS_ERROR(major)) return Error{reason_of(minor), said(major, minor)};
    // One token is all: a client that would go on (DCE style) does not speak as [MS-SIPAE] says.
    if (major != GSS_S_COMPLETE || (flags & GSS_C_INTEG_FLAG) == 0)
      return Error{Reason::header_malformed, "the security context is not complete or cannot sign"};
    Buffer principal;
    if (GSS_ERROR(gss_display_name(&minor, source.get(), principal.out(), nullptr)))
      return Error{Reason::header_malformed, "the client has no name"};
    KerberosProof proof;
    proof.principal = text_of(principal.get());
    proof.token = text_of(output.get());
    proof.signer = std::make_unique<GssSigner>(std::move(context));
    return Result<KerberosProof>(std::move(proof));
  }

  std::string service_;
  std::vector<Credential> credentials_;  ///< one a realm; the library locks each by itself
};

Error unusable(const std::string& path, std::string_view why) {
  return {Reason::keytab_unusable, path + ": " + std::string(why)};
}

/// The principal with its realm: the library neither asks the network for the host's full name nor takes a ticket for
/// another service whose key stands in the same file.
Result<Credential> credential_of(const std::string& path, const std::string& principal) {
  const std::string keytab = "FILE:" + path;
  // No memory of tickets: who repeats one has not its key, and every message, this first one included, bears a signature
  // with that key.  The memory would cost a file and a flush to disk with each sign-in.
  std::array<gss_key_value_element_desc, 2> elements{{{"keytab", keytab.c_str()}, {"rcache", "none:"}}};
  const gss_key_value_set_desc store{elements.size(), elements.data()};
  gss_OID_set_desc mechanisms{1, kerberos()};
  gss_buffer_desc text = borrowed(principal);
  OM_uint32 minor = 0;
  Name name;
  OM_uint32 major = gss_import_name(&minor, &text, const_cast<gss_OID>(GSS_KRB5_NT_PRINCIPAL_NAME), name.out());
  if (GSS_ERROR(major)) return unusable(path, said(major, minor));
  Credential credential;
  major = gss_acquire_cred_from(&minor, name.get(), GSS_C_INDEFINITE, &mechanisms, GSS_C_ACCEPT, &store,
                                credential.out(), nullptr, nullptr);
  if (GSS_ERROR(major)) return unusable(path, said(major, minor));
  return Result<Credential>(std::move(credential));
}

}  // namespace

Result<std::shared_ptr<const KerberosAcceptor>> open_kerberos_acceptor(const KerberosSettings& settings) {
  const auto keys = read_keytab(settings.keytab);
  if (!keys) return keys.error();
  std::vector<std::string> principals;
  for (const KeytabKey& key : *keys)
    if (is_service(key.principal, settings.service) &&
        std::find(principals.begin(), principals.end(), key.principal) == principals.end())
      principals.push_back(key.principal);
  if (principals.empty()) return unusable(settings.keytab, "no key of " + settings.service);
  if (principals.size() > kerberos_principals_max)
    return unusable(settings.keytab, "more than " + std::to_string(kerberos_principals_max) + " realms");
  std::vector<Credential> credentials;
  for (const std::string& principal : principals) {
    Result<Credential> credential = credential_of(settings.keytab, principal);
    if (!credential) return credential.error();
    credentials.push_back(*std::move(credential));
  }
  return std::shared_ptr<const KerberosAcceptor>(
      std::make_shared<GssAcceptor>(settings.service, std::move(credentials)));
}

}  // namespace tertulia::io
