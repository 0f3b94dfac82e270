// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::io {

/// One flight of a client: a certificate, an encrypted key and a signature, with room for 4096 bits and long names.
inline constexpr std::size_t dsk_token_octets_max = 12 * 1024;
/// Flights of the client in one handshake: its hello; its certificate and the end.
inline constexpr int dsk_flights_max = 2;
/// All handshake messages of our first flight, which go into one TLS record (RFC 2246 6.2.1 allows 2^14).
inline constexpr std::size_t dsk_record_octets_max = 16 * 1024;

/// A request for a certificate (PKCS#10, DER).
inline constexpr std::size_t certificate_request_octets_max = 8 * 1024;
/// Keys that we certify: shorter ones are weak, longer ones cost too much at each handshake.
inline constexpr int client_key_bits_min = 2048;
inline constexpr int client_key_bits_max = 4096;
/// Web tickets whose key is remembered until they end; beyond: server_busy.
inline constexpr std::size_t tickets_remembered_max = 100'000;
/// Life of the authority for clients, in days.
inline constexpr int client_authority_days = 3652;
/// Life of a client's certificate, in days.
inline constexpr int client_certificate_days_max = 3650;

static_assert(dsk_token_octets_max < dsk_record_octets_max);

}  // namespace tertulia::io
