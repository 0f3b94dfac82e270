// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;

namespace tertulia::io {

/// One certificate (PEM, the chain after it) and its key (PEM, without pass phrase).
struct CertificateFiles {
  std::string certificate;
  std::string key;
};

/// How we speak TLS as a server: 1.2 and 1.3 only, forward secrecy always, session tickets.  Immutable, so the shards
/// share one and a ticket of one is good at all.  To reload certificates make a new one; connections keep the old.
class TlsContext {
 public:
  /// One certificate for each kind of key: ECDSA first choice, RSA for clients that cannot.
  /// Errors: `file_unreadable`, `certificate_unusable`, with the file's name.
  static base::Result<std::shared_ptr<const TlsContext>> load(const std::vector<CertificateFiles>& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace tertulia::io
