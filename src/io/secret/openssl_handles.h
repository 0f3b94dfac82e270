// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <memory>

namespace tertulia::io {

/// Frees an OpenSSL object with its own function.
template <auto function>
struct Frees {
  template <typename Object>
  void operator()(Object* object) const {
    function(object);
  }
};
/// Secret bytes in a memory BIO are wiped by OpenSSL when they are freed.
inline void free_bio(BIO* bio) { BIO_free_all(bio); }

using X509Ptr = std::unique_ptr<X509, Frees<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Frees<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Frees<free_bio>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Frees<GENERAL_NAMES_free>>;

}  // namespace tertulia::io
