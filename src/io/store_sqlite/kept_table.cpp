// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/kept_table.h"

#include <algorithm>
#include <memory>

#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/user_table.h"

namespace tertulia::io::kept_table {
namespace {

using base::Result;
using base::UserId;
using domain::InstantMessage;
using domain::KeptMessage;

KeptMessage message_of(const Statement& row, UserId to) {
  auto message = std::make_shared<InstantMessage>();
  message->id.value = static_cast<std::uint64_t>(row.number(1));
  message->from.value = static_cast<std::uint32_t>(row.number(2));
  message->from_address = row.text(3);
  message->from_name = row.text(4);
  message->kind = static_cast<domain::MessageKind>(row.number(5));
  message->content_type = row.text(6);
  message->content = row.text(7);
  message->subject = row.text(8);
  message->sent = row.time(9);
  return {static_cast<std::uint64_t>(row.number(0)), to, std::move(message)};
}

}  // namespace

Result<void> keep(Database& database, UserId to, const InstantMessage& message) {
  if (auto known = user_table::must_exist(database, to); !known) return known;
  const auto sequence = database.number(
      "INSERT INTO kept_sequences (user_id, last) VALUES (?, 1) ON CONFLICT (user_id) DO UPDATE SET last = last + 1 "
      "RETURNING last",
      to.value);
  if (!sequence) return sequence.error();
  return database.run(
      "INSERT INTO kept_messages (user_id, sequence, message_id, from_id, from_address, from_name, kind, content_type, "
      "content, subject, sent_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      to.value, sequence->value_or(0), message.id.value, message.from.value, message.from_address, message.from_name,
      static_cast<int>(message.kind), message.content_type, Blob{message.content}, message.subject, message.sent);
}

Result<std::vector<KeptMessage>> load(Database& database, UserId to, std::size_t limit) {
  std::vector<KeptMessage> messages;
  auto done = database.each(
      [&](const Statement& row) { messages.push_back(message_of(row, to)); },
      "SELECT sequence, message_id, from_id, from_address, from_name, kind, content_type, content, subject, sent_us "
      "FROM kept_messages WHERE user_id = ? ORDER BY sequence LIMIT ?",
      to.value, std::min(limit, store_limits::kept_loaded_max));
  if (!done) return done.error();
  return messages;
}

Result<void> forget(Database& database, UserId to, std::uint64_t sequence) {
  return database.run("DELETE FROM kept_messages WHERE user_id = ? AND sequence = ?", to.value, sequence);
}

Result<std::vector<std::pair<UserId, std::uint64_t>>> count(Database& database) {
  std::vector<std::pair<UserId, std::uint64_t>> counts;
  auto done = database.each(
      [&](const Statement& row) {
        counts.emplace_back(UserId{static_cast<std::uint32_t>(row.number(0))},
                            static_cast<std::uint64_t>(row.number(1)));
      },
      "SELECT user_id, count(*) FROM kept_messages GROUP BY user_id ORDER BY user_id");
  if (!done) return done.error();
  return counts;
}

}  // namespace tertulia::io::kept_table
