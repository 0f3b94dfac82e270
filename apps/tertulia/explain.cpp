// SPDX-License-Identifier: Apache-2.0
// tertulia explain REASON: what a number of ms-diagnostics means, and what to do about it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "commands.h"
#include "output.h"

namespace tertulia::app {
namespace {

using base::Reason;

struct Remedy {
  Reason reason;
  std::string_view sentence;
};

/// What the administrator can do; reasons whose own sentence says it are left out.
constexpr std::array remedies{
    Remedy{Reason::user_does_not_exist,
           "Look at the address with tertulia user list; tertulia user add makes the user."},
    Remedy{Reason::destination_unknown,
           "The recipient's address is wrong or was removed; tertulia user list shows all."},
    Remedy{Reason::credentials_wrong, "Set a new password with tertulia user password, and enter it in the client."},
    Remedy{Reason::account_locked, "Wait until the lock ends; somebody may be guessing passwords, so look at the log."},
    Remedy{Reason::account_disabled, "tertulia user enable puts the user back into service."},
    Remedy{Reason::home_elsewhere,
           "The policy setting home_server names the server that serves the user; empty brings him back."},
    Remedy{Reason::identity_mismatch, "Set the client's own address to the user it signs in as."},
    Remedy{Reason::domain_foreign, "Add the domain to server.domains and restart, or correct the address."},
    Remedy{Reason::body_too_large, "Raise the policy setting message_bytes_max for the sender, or send less."},
    Remedy{Reason::message_too_large, "Raise limits.head_bytes or limits.body_bytes and restart, or send less."},
    Remedy{Reason::interval_too_brief, "Let the client ask for more time, or lower sip.registration_min."},
    Remedy{Reason::too_many_endpoints, "Sign out a device, or raise the policy setting endpoints_max of the user."},
    Remedy{Reason::immcu_stopped, "tertulia component start immcu puts messaging back into service."},
    Remedy{Reason::recipient_unavailable,
           "With the policy setting offline_messages on, messages wait for the recipient."},
    Remedy{Reason::recipient_silent, "The recipient's network or client hangs; tertulia user show lists the devices."},
    Remedy{Reason::link_blocked, "See link_action and block_file_extension in section policy of the configuration."},
    Remedy{Reason::too_many_links, "See links_max in section policy of the configuration."},
    Remedy{Reason::message_format_not_allowed,
           "Write plain text, or see html_messages and rtf_messages in section policy of the configuration."},
    Remedy{Reason::sender_blocked, "The recipient blocks the sender; tertulia user show lists whom."},
    Remedy{Reason::mailbox_full, "Let the recipient sign in, or raise the policy setting offline_messages_max."},
    Remedy{Reason::server_busy, "When it lasts, look at tertulia status and at the machine's load."},
    Remedy{Reason::store_unavailable, "tertulia doctor looks at disk and store."},
    Remedy{Reason::too_many_connections,
           "Raise limits.connections_max or limits.connections_per_address_max and restart."},
    Remedy{Reason::internal_error, "This is a fault of the program: please report it with the log around it."},
    Remedy{Reason::not_running, "Start it with tertulia serve, or name the right folder with --data."},
    Remedy{Reason::already_running, "Only one server may use a data folder; tertulia status shows it."},
    Remedy{Reason::address_in_use, "ss -ltnp shows the other program; stop it or choose another port."},
    Remedy{Reason::permission_denied, "Run it as the account that owns the data folder."},
    Remedy{Reason::certificate_unusable, "tertulia doctor names the file and the remedy."},
    Remedy{Reason::keytab_unusable, "tertulia doctor names the file and the remedy."},
    Remedy{Reason::clock_differs, "Set the clocks of client, server and domain controller by one time service."},
    Remedy{Reason::ticket_expired, "Lock and unlock the computer, or run kinit, to get a new ticket."},
    Remedy{Reason::certificate_refused,
           "Sign out and in again: the client gets another certificate for the password of now."},
    Remedy{Reason::web_ticket_refused, "Sign in again; when it lasts, look at the clocks of client and server."},
    Remedy{Reason::certificate_request_bad, "The client must ask with an RSA key of 2048 to 4096 bits."},
    Remedy{Reason::file_damaged, "tertulia doctor names the file and the remedy."},
    Remedy{Reason::conference_unknown, "tertulia conference list shows which there are; one of a chat ends with it."},
    Remedy{Reason::conference_full, "Make the conference with a higher --size: tertulia conference create."},
    Remedy{Reason::conference_locked, "tertulia conference unlock lets people in again; so does a presenter."},
    Remedy{Reason::conference_muted, "tertulia conference unmute lets everybody write again."},
    Remedy{Reason::not_invited,
           "A presenter can invite, or let people in; tertulia conference show tells who may enter."},
    Remedy{Reason::ejected, "A presenter who invites again lets the person in."},
    Remedy{Reason::too_many_conferences, "End old ones: tertulia conference list, tertulia conference end."},
};

std::optional<Reason> reason_of(const std::string& text) {
  const auto number = base::to_number(text);
  const auto found = !number                ? base::reason_named(text)
                     : *number > UINT32_MAX ? std::nullopt
                                            : base::reason_numbered(static_cast<std::uint32_t>(*number));
  return found == Reason::none ? std::nullopt : found;
}

std::string_view remedy_of(Reason reason) {
  const auto found =
      std::find_if(remedies.begin(), remedies.end(), [&](const Remedy& remedy) { return remedy.reason == reason; });
  return found == remedies.end() ? std::string_view() : found->sentence;
}

}  // namespace

Exit run_explain(const Arguments& arguments) {
  const auto reason = reason_of(arguments.reason);
  if (!reason) return report(arguments.common, {Reason::not_found, arguments.reason});
  const std::string_view english = base::text_of(*reason), spanish = base::text_of(*reason, base::Language::spanish);
  const auto language = arguments.common.language;
  const std::string_view remedy = remedy_of(*reason);
  const std::string_view told = remedy.empty() ? remedy : tr(language, remedy);
  if (arguments.common.json)
    print_json(nlohmann::json{{"ok", true},
                              {"result",
                               {{"id", base::id_of(*reason)},
                                {"name", base::name_of(*reason)},
                                {"status", base::status_of(*reason)},
                                {"english", english},
                                {"spanish", spanish},
                                {"remedy", told}}}}
                   .dump(2));
  say(arguments.common, fmt::format("{} {}", base::id_of(*reason), base::name_of(*reason)));
  say(arguments.common, fmt::format("  status   {}", base::status_of(*reason)));
  say(arguments.common, fmt::format("  English  {}", english));
  say(arguments.common, fmt::format("  Español  {}", spanish));
  if (!told.empty()) say(arguments.common, "  " + fmt::format(fmt::runtime(tr(language, "Remedy: {}")), told));
  return Exit::done;
}

}  // namespace tertulia::app
