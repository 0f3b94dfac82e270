// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "domain/directory/limits.h"
#include "wire/lync/limits.h"

namespace tertulia::face::lync {

/// Subscriptions of one connection (contacts, own data, provisioning, presence); beyond: too_many_subscriptions.
inline constexpr std::size_t subscriptions_per_connection_max = 32;
/// SUBSCRIBEs of one subscription that wait for the domain; beyond: request_pending.
inline constexpr std::size_t subscribes_waiting_max = 8;
/// People whose presence one subscription watches: the longest contact list that a policy permits, and the user himself;
/// beyond, the rest of a list is told as terminated.
inline constexpr std::size_t resources_per_subscription_max = domain::policy_contacts_max + 1;
/// Changes (publications, contacts, levels) of one connection that wait for the domain; beyond: server_busy.
/// COMPAT(pidgin-sipe 1.25): it asks for each contact of a group, or each watcher, at once, and shows no refusal; so many
/// contacts does a user have unless his policy says otherwise.  Less than the requests that a connection may have waiting.
inline constexpr std::size_t changes_waiting_per_connection_max = 250;
/// Groups that a client has removed itself and that are still to be told as removed; the oldest are forgotten.
inline constexpr std::size_t groups_removed_per_connection_max = 64;
/// Members of privacy levels changed by one request.
inline constexpr std::size_t level_changes_max = 64;
/// Publications with a wrong version that one connection may send within conflict_window; after that its versions are
/// taken as right.  COMPAT(pidgin-sipe 1.25): it repeats a refused publication at once and without end.
inline constexpr std::uint32_t conflicts_max = 3;
inline constexpr base::Duration conflict_window = std::chrono::seconds{10};
/// Life of a subscription as told to the client; ours ends with its registration (com.microsoft.autoextend).
inline constexpr base::Duration subscription_lease = std::chrono::seconds{28800};
/// How long a client waits in silence before it sends a keep-alive (ms-keep-alive).
inline constexpr base::Duration keep_alive_timeout = std::chrono::seconds{300};
/// Life of a security context; the client makes a new one five minutes before ([MS-SIPAE] 3.2.2).
inline constexpr base::Duration context_lifetime = std::chrono::hours{8};
/// Between two lines of the log about tickets that our keys do not open.
inline constexpr base::Duration kerberos_warning_interval = std::chrono::minutes{1};
/// A sign-in with NTLM has to be finished within this time.
inline constexpr base::Duration handshake_time_max = std::chrono::seconds{60};
/// After new keys, answers to requests that were sent before may bear the old ones or none; so long does a request wait
/// for its answer (RFC 3261 17.1.2.2, timer F).
inline constexpr base::Duration answers_under_way_max = std::chrono::seconds{32};
/// Conferences that one connection is in or asks to enter, each by a dialog; beyond: too_many_conversations.
inline constexpr std::size_t focus_dialogs_per_connection_max = 64;
/// Invitations into conferences of one connection, either way, that wait for an answer; beyond: too_many_conversations.
inline constexpr std::size_t invitations_per_connection_max = 64;
/// Documents of conferences that are kept for further watchers of the shard; the oldest make room.
inline constexpr std::size_t conference_documents_max = 64;
/// People in one answer to a search in the directory.
inline constexpr std::size_t search_rows_max = 100;

static_assert(wire::lync::batch_resources_max >= resources_per_subscription_max, "one batch asks for all contacts");

}  // namespace tertulia::face::lync
