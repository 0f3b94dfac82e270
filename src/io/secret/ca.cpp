// SPDX-License-Identifier: Apache-2.0
#include "io/secret/ca.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "domain/directory/address.h"
#include "domain/directory/ports.h"
#include "io/secret/certificate_parts.h"
#include "io/secret/limits.h"
#include "io/secret/openssl_handles.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using certificate_parts::add_extension;
using certificate_parts::bio_text;
using certificate_parts::common_name_octets_max;
using certificate_parts::load_certificate;
using certificate_parts::load_key;
using certificate_parts::set_common_name;
using certificate_parts::set_serial;
using certificate_parts::set_times;
using certificate_parts::unusable;
using certificate_parts::write_pair;

KeyPtr make_key(CertificateKey kind) {
  return KeyPtr(kind == CertificateKey::rsa_2048 ? EVP_RSA_gen(2048U) : EVP_EC_gen("P-256"));
}

/// Network form of an IP address, with or without the brackets of a URI; nothing when it is none.
std::optional<std::string> ip_octets(std::string text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::array<char, 16> octets{};
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return std::string(octets.data(), 4);
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return std::string(octets.data(), 16);
  return std::nullopt;
}

/// Own copy of one name in OpenSSL's form; `octets` is set for an IP address.
bool add_name(GENERAL_NAMES* names, const std::string& host, const std::optional<std::string>& octets) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_STRING* value = octets ? static_cast<ASN1_STRING*>(ASN1_OCTET_STRING_new()) : ASN1_IA5STRING_new();
  const std::string& bytes = octets ? *octets : host;
  if (name == nullptr || value == nullptr ||
      ASN1_STRING_set(value, bytes.data(), static_cast<int>(bytes.size())) != 1) {
    GENERAL_NAME_free(name);
    ASN1_STRING_free(value);
    return false;
  }
  GENERAL_NAME_set0_value(name, octets ? GEN_IPADD : GEN_DNS, value);
  if (sk_GENERAL_NAME_push(names, name) > 0) return true;
  GENERAL_NAME_free(name);
  return false;
}

Result<NamesPtr> alternative_names(const ServerCertificateRequest& request) {
  if (auto good = check_hosts(request.hosts); !good) return good.error();
  std::vector<std::string> hosts{base::to_lower(request.domain), "sip." + base::to_lower(request.domain)};
  for (const std::string& host : request.hosts) hosts.push_back(base::to_lower(host));
  NamesPtr names(sk_GENERAL_NAME_new_null());
  for (auto host = hosts.begin(); host != hosts.end(); ++host) {
    if (std::find(hosts.begin(), host, *host) != host) continue;  // named before
    const std::optional<std::string> octets = ip_octets(*host);
    const bool sip_of_ip = host == hosts.begin() + 1 && ip_octets(hosts.front());
    if (sip_of_ip) continue;  // the domain is an IP address: it has no names below it
    if (!add_name(names.get(), *host, octets)) return unusable("no memory for a name");
  }
  return Result<NamesPtr>(std::move(names));
}

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
  return bio_text(bio.get());
}

std::optional<base::WallTime> wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  using namespace std::chrono;
  const sys_days day{year{parts.tm_year + 1900} / (parts.tm_mon + 1) / parts.tm_mday};
  const auto point = day + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
  return base::WallTime{duration_cast<microseconds>(point.time_since_epoch()).count()};
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> texts;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int kind = 0;
    const auto* value =
        static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind));
    if (kind != GEN_DNS && kind != GEN_IPADD) continue;
    const auto length = static_cast<std::size_t>(ASN1_STRING_length(value));
    const unsigned char* data = ASN1_STRING_get0_data(value);
    if (kind == GEN_DNS) {
      texts.emplace_back(reinterpret_cast<const char*>(data), length);
    } else if (length == 4 || length == 16) {
      std::array<char, INET6_ADDRSTRLEN> shown{};
      texts.emplace_back(inet_ntop(length == 4 ? AF_INET : AF_INET6, data, shown.data(), shown.size()));
    }
  }
  return texts;
}

}  // namespace

Result<void> check_hosts(const std::vector<std::string>& hosts) {
  if (hosts.size() > certificate_hosts_max)
    return Error{Reason::setting_out_of_bounds, "more than " + std::to_string(certificate_hosts_max) + " host names"};
  for (const std::string& host : hosts)
    if (!ip_octets(host) && !domain::check_domain(host))
      return Error{Reason::domain_malformed, "\"" + host + "\" is neither a host name nor an IP address"};
  return {};
}

Result<void> create_authority(const CertificatePaths& files, std::string_view domain, base::WallTime now) {
  const std::string owner(domain);
  if (const auto good = domain::check_domain(domain); !good) return good.error();
  constexpr std::string_view title = " Tertulia CA";
  const KeyPtr key = make_key(CertificateKey::ec_p256);
  const X509Ptr certificate(X509_new());
  X509* const made = certificate.get();
  if (!key || made == nullptr || X509_set_version(made, X509_VERSION_3) != 1 || !set_serial(made) ||
      !set_times(made, now, authority_days) ||
      !set_common_name(made, owner.substr(0, common_name_octets_max - title.size()).append(title)) ||
      X509_set_issuer_name(made, X509_get_subject_name(made)) != 1 || X509_set_pubkey(made, key.get()) != 1 ||
      !add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(made, made, NID_subject_key_identifier, "hash") || X509_sign(made, key.get(), EVP_sha256()) == 0)
    return unusable("the authority's certificate cannot be made");
  return write_pair(files.certificate, files.key, made, key.get());
}

Result<void> issue_server_certificate(const CertificatePaths& authority, const ServerCertificateRequest& request,
                                      const CertificatePaths& files) {
  const Result<X509Ptr> issuer = load_certificate(authority.certificate);
  if (!issuer) return issuer.error();
  const Result<KeyPtr> issuer_key = load_key(authority.key);
  if (!issuer_key) return issuer_key.error();
  X509* const parent = issuer->get();
  if (X509_check_private_key(parent, issuer_key->get()) != 1)
    return unusable(authority.key + " is not the key of " + authority.certificate);
  const Result<NamesPtr> names = alternative_names(request);
  if (!names) return names.error();

  const KeyPtr key = make_key(request.key);
  const X509Ptr certificate(X509_new());
  X509* const made = certificate.get();
  const char* const usage = request.key == CertificateKey::rsa_2048 ? "critical,digitalSignature,keyEncipherment"
                                                                    : "critical,digitalSignature";
  // The subject is for people only; clients look at the alternative names (RFC 5922 7.1).
  if (!key || made == nullptr || X509_set_version(made, X509_VERSION_3) != 1 || !set_serial(made) ||
      !set_times(made, request.now, server_certificate_days) ||
      !set_common_name(made, request.domain.substr(0, common_name_octets_max)) ||
      X509_set_issuer_name(made, X509_get_subject_name(parent)) != 1 || X509_set_pubkey(made, key.get()) != 1 ||
      !add_extension(made, parent, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(made, parent, NID_key_usage, usage) ||
      !add_extension(made, parent, NID_ext_key_usage, "serverAuth,clientAuth") ||
      !add_extension(made, parent, NID_subject_key_identifier, "hash") ||
      !add_extension(made, parent, NID_authority_key_identifier, "keyid") ||
      X509_add1_ext_i2d(made, NID_subject_alt_name, names->get(), 0, X509V3_ADD_DEFAULT) != 1 ||
      X509_sign(made, issuer_key->get(), EVP_sha256()) == 0)
    return unusable("the server's certificate cannot be made");
  return write_pair(files.certificate, files.key, made, key.get());
}

Result<CertificateFacts> read_certificate(const std::string& path, const std::string& key_path) {
  const Result<X509Ptr> certificate = load_certificate(path);
  if (!certificate) return certificate.error();
  const X509* const loaded = certificate->get();
  CertificateFacts facts;
  facts.subject = name_text(X509_get_subject_name(loaded));
  facts.issuer = name_text(X509_get_issuer_name(loaded));
  facts.names = names_of(loaded);
  const std::optional<base::WallTime> begin = wall_time(X509_get0_notBefore(loaded));
  const std::optional<base::WallTime> end = wall_time(X509_get0_notAfter(loaded));
  if (!begin || !end) return unusable(path + " has no valid times");
  facts.not_before = *begin;
  facts.not_after = *end;
  if (key_path.empty()) return facts;
  const Result<KeyPtr> key = load_key(key_path);
  facts.key_matches = key && X509_check_private_key(loaded, key->get()) == 1;
  return facts;
}

}  // namespace tertulia::io
