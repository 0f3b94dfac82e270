// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "journal.h"
#include "lync_keys.h"
#include "wire/lync/publish_request.h"

namespace tertulia::sim {

/// Category, instance and container name a piece of presence ([MS-PRES]).
using PieceName = std::tuple<std::string, std::uint32_t, std::uint32_t>;
using Pieces = std::vector<wire::lync::PublicationItem>;

/// Our end of a subscription of the dialect.
struct LyncFeed {
  std::string call_id, local, remote, remote_target;
  std::uint32_t cseq = 0;
  bool busy = false;                         ///< the last SUBSCRIBE is not answered
  std::optional<std::size_t> watch = {};     ///< of the contact list and the own data
  std::vector<base::UserId> asked_for = {};  ///< of presence: by the SUBSCRIBE that is not answered
};

/// What a client of the Lync family knows on one connection.
struct LyncSide {
  LyncKeys keys;
  std::map<Package, LyncFeed> feeds = {};
  std::map<base::UserId, std::size_t> watched = {};  ///< whose presence is watched, and by which watch
  std::map<PieceName, std::uint32_t> versions = {};  ///< as the server has told
  Pieces publishing = {};                            ///< what is under way; empty: nothing
  std::size_t publication = 0;                       ///< in Journal::publications
  Pieces waiting = {};                               ///< to be published when that is settled
  std::size_t waiting_question = 0;
  bool introduced = false;  ///< the device has published itself
};

// ---- documents

/// What a device says of itself, and its state (a number of [MS-PRES]), as picked by hand too.
Pieces introduction(std::string_view address, std::uint32_t number);
Pieces state_pieces(std::uint32_t number, std::uint32_t availability);
/// Empty: takes the note away.
Pieces note_pieces(std::string_view text);
std::uint32_t availability_of(std::string_view activity);

/// Contact list or change of it, as the owner's device reads it.
bool read_contacts(Watch& watch, std::string_view body);
/// The owner's own data; `versions` follow.
bool read_self(Watch& watch, std::string_view body, std::map<PieceName, std::uint32_t>& versions);
/// One person's categories; the address of whom they are, empty when they cannot be read.
std::string person_of(std::string_view categories);
bool read_categories(Watch& watch, std::string_view body);
/// Addresses of people who are told as gone in a list of resources.
std::vector<std::string> terminated_in(std::string_view list);
/// Current versions by position (from 1) in a refused publication.
std::map<std::uint32_t, std::uint32_t> versions_in(std::string_view fault);

/// What the last state of a person says, and whether a note does.
std::uint32_t availability_shown(const Watch& watch);
bool token_shown(const Watch& watch, std::string_view token);
bool note_shown(const Watch& watch, std::string_view text);

}  // namespace tertulia::sim
