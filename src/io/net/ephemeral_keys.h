// SPDX-License-Identifier: Apache-2.0
#pragma once

struct ssl_st;

namespace tertulia::io {

/// Frees the key pairs of the exchange that the handshake was made with, when it is over.  They are good for nothing any
/// more, and the library would keep both, ours with its secret half, until the connection ends.
void forget_ephemeral_keys(ssl_st* ssl);

}  // namespace tertulia::io
