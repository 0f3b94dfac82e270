// SPDX-License-Identifier: Apache-2.0
#include "io/net/ephemeral_keys.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

namespace tertulia::io {
namespace {

/// The object itself stays, for it belongs to the connection; setting its type frees what is in it, and "none" leaves it
/// as a new one is.  With a real type it would be taken for a key, and whoever asks it for something fall into nothing.
/// Our reference to it ends.
void empty(EVP_PKEY* key) {
  EVP_PKEY_set_type(key, EVP_PKEY_NONE);
  EVP_PKEY_free(key);
}

}  // namespace

void forget_ephemeral_keys(ssl_st* ssl) {
  EVP_PKEY* key = nullptr;
  if (SSL_get_tmp_key(ssl, &key) == 1) empty(key);
  if (SSL_get_peer_tmp_key(ssl, &key) == 1) empty(key);
  ERR_clear_error();
}

}  // namespace tertulia::io
