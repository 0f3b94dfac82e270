// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/policy.h"

#include <algorithm>
#include <array>
#include <variant>

#include "base/text.h"
#include "domain/directory/home_server.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Error;
using base::Reason;
using base::Result;

/// The product's own lists: New-CsImFilterConfiguration and New-CsFileTransferFilterConfiguration.
constexpr std::string_view default_prefixes =
    "callto: file: ftp. ftp: gopher: href http: https: ldap: mailto: news: nntp: sip: sips: tel: telnet: www*.";
constexpr std::string_view default_extensions =
    ".ade .adp .app .asp .bas .bat .cer .chm .cmd .com .cpl .crt .csh .exe .fxp .grp .hlp .hta .inf .ins .isp .its .js "
    ".jse .ksh .lnk .mad .maf .mag .mam .maq .mar .mas .mat .mau .mav .maw .mda .mdb .mde .mdt .mdw .mdz .msc .msi "
    ".msp "
    ".mst .ocx .ops .pcd .pif .pl .pnp .prf .prg .pst .reg .scf .scr .sct .shb .shs .tmp .url .vb .vbe .vbs .vsd "
    ".vsmacros .vss .vst .vsw .ws .wsc .wsf .wsh";

constexpr std::array<std::string_view, 3> link_actions{"allow", "block", "warn"};  // in the order of LinkAction

using NumberField = std::uint32_t Policy::*;
using SwitchField = bool Policy::*;
using ActionField = LinkAction Policy::*;
using TextField = std::string Policy::*;
/// A list and what one of its entries must look like.
struct ListField {
  std::vector<std::string> Policy::*list;
  bool (*good)(std::string_view entry);
};
/// Name and port of a front end.
struct ServerField {
  std::string Policy::*server;
};
using PolicyField = std::variant<NumberField, SwitchField, ActionField, TextField, ListField, ServerField>;

/// Ends with '.' or ':' (a '*' only directly before that '.'); "href" alone needs no ending.
bool is_link_prefix(std::string_view entry) {
  if (base::equal_ignoring_case(entry, "href")) return true;
  if (entry.size() < 2 || (entry.back() != '.' && entry.back() != ':')) return false;
  const bool wild = entry.ends_with("*.");
  entry.remove_suffix(wild ? 2 : 1);
  constexpr std::string_view marks = "#+/=@^_`|~";
  return !entry.empty() && std::all_of(entry.begin(), entry.end(), [&](char c) {
    return base::is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
  });
}

bool is_file_extension(std::string_view entry) {
  return entry.size() >= 2 && entry.front() == '.' && std::all_of(entry.begin() + 1, entry.end(), [](char c) {
           return base::is_alphanumeric(c) || c == '_' || c == '-';
         });
}

bool is_local_domain(std::string_view entry) {
  return entry.front() != '.' && entry.back() != '.' && entry.find("..") == std::string_view::npos &&
         std::all_of(entry.begin(), entry.end(),
                     [](char c) { return base::is_alphanumeric(c) || c == '-' || c == '.'; });
}

struct Row {
  PolicySetting setting;
  PolicyField field;
};

/// One row for each field of Policy, in its order.
constexpr std::array policy_rows{
    Row{{"endpoints_max", "number", 1, policy_endpoints_max, "devices",
         "How many devices of one user may be signed in at once.",
         "Cuántos dispositivos de un usuario pueden estar conectados a la vez."},
        &Policy::endpoints_max},
    Row{{"message_bytes_max", "number", 1, policy_message_bytes_max, "bytes", "Largest body of one message.",
         "Tamaño máximo del cuerpo de un mensaje."},
        &Policy::message_bytes_max},
    Row{{"offline_messages", "switch", 0, 1, "", "Keep messages for a recipient who is not signed in.",
         "Guardar los mensajes para un destinatario que no ha iniciado sesión."},
        &Policy::offline_messages},
    Row{{"offline_messages_max", "number", 1, policy_offline_messages_max, "messages",
         "How many messages are kept for one absent recipient.",
         "Cuántos mensajes se guardan para un destinatario ausente."},
        &Policy::offline_messages_max},
    Row{{"html_messages", "switch", 0, 1, "",
         "The user may write messages in HTML; off: they are delivered as plain text.",
         "El usuario puede escribir mensajes en HTML; off: se entregan como texto sin formato."},
        &Policy::html_messages},
    Row{{"rtf_messages", "switch", 0, 1, "",
         "The user may write messages in RTF; off: they are delivered as plain text. With html_messages off as well, "
         "other kinds of text are refused.",
         "El usuario puede escribir mensajes en RTF; off: se entregan como texto sin formato. Si html_messages también "
         "está en off, los demás tipos de texto se rechazan."},
        &Policy::rtf_messages},
    Row{{"link_filter", "switch", 0, 1, "", "Act on links in messages as link_action says.",
         "Tratar los enlaces de los mensajes como indica link_action."},
        &Policy::link_filter},
    Row{{"link_action", "allow|block|warn", 0, 0, "",
         "What happens to a message with a link: allow makes the link inactive, block refuses the message, warn puts "
         "link_warning in front.",
         "Qué ocurre con un mensaje que lleva un enlace: allow desactiva el enlace, block rechaza el mensaje, warn "
         "antepone link_warning."},
        &Policy::link_action},
    Row{{"link_notice", "text", 0, policy_text_octets_max, "bytes",
         "Text put in front of a message whose links were made inactive.",
         "Texto que se antepone a un mensaje cuyos enlaces se han desactivado."},
        &Policy::link_notice},
    Row{{"link_warning", "text", 0, policy_text_octets_max, "bytes",
         "Text put in front of a message with links when link_action is warn; empty switches the warning off.",
         "Texto que se antepone a un mensaje con enlaces si link_action es warn; vacío desactiva el aviso."},
        &Policy::link_warning},
    Row{{"links_max", "number", 1, policy_links_max, "links", "A message with more links than this is refused.",
         "Un mensaje con más enlaces que estos se rechaza."},
        &Policy::links_max},
    Row{{"block_file_extension", "switch", 0, 1, "",
         "Refuse messages with a link to a file whose kind is in file_extensions, whatever link_action says.",
         "Rechazar mensajes con un enlace a un archivo cuyo tipo está en file_extensions, diga lo que diga "
         "link_action."},
        &Policy::block_file_extension},
    Row{{"link_prefixes", "list", 0, policy_list_entries_max, "entries",
         "What makes a word a link; each entry ends with . or : or *. or is href.",
         "Qué convierte una palabra en enlace; cada entrada termina en . o : o *. o es href."},
        ListField{&Policy::link_prefixes, is_link_prefix}},
    Row{{"file_extensions", "list", 0, policy_list_entries_max, "entries",
         "Kinds of files that are dangerous, each with its leading dot.",
         "Tipos de archivo peligrosos, cada uno con su punto inicial."},
        ListField{&Policy::file_extensions, is_file_extension}},
    Row{{"local_domains", "list", 0, policy_list_entries_max, "entries", "Links into these domains pass unchanged.",
         "Los enlaces a estos dominios pasan sin cambios."},
        ListField{&Policy::local_domains, is_local_domain}},
    Row{{"inactive_after", "number", 0, policy_idle_minutes_max, "minutes",
         "After so many minutes without use of any device a user shows as Inactive; 0: never.",
         "Tras tantos minutos sin usar ningún dispositivo el usuario aparece como Inactivo; 0: nunca."},
        &Policy::inactive_after},
    Row{{"away_after", "number", 0, policy_idle_minutes_max, "minutes",
         "After so many further minutes a user shows as Away; 0: never.",
         "Tras tantos minutos más el usuario aparece como Ausente; 0: nunca."},
        &Policy::away_after},
    Row{{"phone_presence", "switch", 0, 1, "", "Calls show the user as Busy, on the phone.",
         "Las llamadas muestran al usuario como Ocupado, al teléfono."},
        &Policy::phone_presence},
    Row{{"calendar_presence", "switch", 0, 1, "", "Meetings and absences of the calendar show in presence.",
         "Las reuniones y ausencias del calendario se ven en la presencia."},
        &Policy::calendar_presence},
    Row{{"appear_offline", "switch", 0, 1, "", "The user may show himself offline while he is signed in.",
         "El usuario puede mostrarse desconectado aunque haya iniciado sesión."},
        &Policy::appear_offline},
    Row{{"contacts_only_presence", "switch", 0, 1, "",
         "Only people on the user's own contact list see his presence; others see him offline.",
         "Solo las personas de la lista de contactos del usuario ven su presencia; los demás lo ven desconectado."},
        &Policy::contacts_only_presence},
    Row{{"watchers_max", "number", 0, policy_watchers_max, "watchers",
         "How many may watch this user's presence at once.",
         "Cuántos pueden observar a la vez la presencia de este usuario."},
        &Policy::watchers_max},
    Row{{"subscriptions_max", "number", 1, policy_subscriptions_max, "subscriptions",
         "How many subscriptions this user may hold at once.",
         "Cuántas suscripciones puede tener este usuario a la vez."},
        &Policy::subscriptions_max},
    Row{{"contacts_max", "number", 0, policy_contacts_max, "contacts", "How many contacts the user's list may have.",
         "Cuántos contactos puede tener la lista del usuario."},
        &Policy::contacts_max},
    Row{{"home_server", "server", 0, 0, "",
         "Name and port of the server that serves the user: sign-ins are sent there, messages and calls to him are "
         "refused; empty: this server.",
         "Nombre y puerto del servidor que atiende al usuario: los inicios de sesión se envían allí, los mensajes y "
         "llamadas para él se rechazan; vacío: este servidor."},
        ServerField{&Policy::home_server}},
};

const Row* find_row(std::string_view name) {
  const auto at =
      std::find_if(policy_rows.begin(), policy_rows.end(), [&](const Row& row) { return row.setting.name == name; });
  return at == policy_rows.end() ? nullptr : &*at;
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> entries;
  for (const std::string_view entry : base::split(text, ' ')) entries.push_back(base::to_lower(entry));
  return entries;
}

/// A name of any length came from outside.
Error unknown(std::string_view name) { return {Reason::setting_unknown, std::string(name.substr(0, 64))}; }

Error out_of_bounds(const PolicySetting& setting, const std::string& bounds) {
  return {Reason::setting_out_of_bounds, std::string(setting.name) + ": " + bounds};
}

std::string range_of(const PolicySetting& setting) {
  return std::to_string(setting.min) + " to " + std::to_string(setting.max) + " " + std::string(setting.unit);
}

/// Reads one kind of field each; the overload is chosen by the table's row.
struct Setter {
  Policy& policy;
  const PolicySetting& setting;
  std::string_view value;

  Result<void> operator()(NumberField field) const {
    const auto number = base::to_number(value);
    if (!number || *number < setting.min || *number > setting.max) return out_of_bounds(setting, range_of(setting));
    policy.*field = static_cast<std::uint32_t>(*number);
    return {};
  }
  Result<void> operator()(SwitchField field) const {
    // The configuration file writes true and false.
    const bool on = value == "on" || value == "true";
    if (!on && value != "off" && value != "false") return out_of_bounds(setting, "on or off");
    policy.*field = on;
    return {};
  }
  Result<void> operator()(ActionField field) const {
    const auto at = std::find(link_actions.begin(), link_actions.end(), value);
    if (at == link_actions.end()) return out_of_bounds(setting, "one of " + std::string(setting.kind));
    policy.*field = static_cast<LinkAction>(at - link_actions.begin());
    return {};
  }
  Result<void> operator()(TextField field) const {
    if (value.size() > setting.max) return out_of_bounds(setting, range_of(setting));
    const bool clean = base::is_utf8(value) && std::none_of(value.begin(), value.end(), [](char c) {
                         return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
                       });
    if (!clean) return out_of_bounds(setting, "UTF-8 text without control characters");
    policy.*field = std::string(value);
    return {};
  }
  Result<void> operator()(const ListField& field) const {
    if (value.size() > policy_list_octets_max) return out_of_bounds(setting, range_of(setting));
    std::vector<std::string> entries = list_of(value);
    if (entries.size() > setting.max) return out_of_bounds(setting, range_of(setting));
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (entries[i].size() > policy_list_entry_octets_max || !field.good(entries[i]))
        return out_of_bounds(setting, "entry " + std::to_string(i + 1) + " is not of the right form");
    policy.*field.list = std::move(entries);
    return {};
  }
  Result<void> operator()(const ServerField& field) const {
    Result<std::string> server = home_server_from(value);
    if (!server) return out_of_bounds(setting, server.error().detail);
    policy.*field.server = *std::move(server);
    return {};
  }
};

struct Getter {
  const Policy& policy;

  std::string operator()(NumberField field) const { return std::to_string(policy.*field); }
  std::string operator()(SwitchField field) const { return policy.*field ? "on" : "off"; }
  std::string operator()(ActionField field) const {
    return std::string(link_actions[static_cast<std::size_t>(policy.*field)]);
  }
  std::string operator()(TextField field) const { return policy.*field; }
  std::string operator()(const ListField& field) const {
    std::string text;
    for (const std::string& entry : policy.*field.list) text.append(text.empty() ? "" : " ").append(entry);
    return text;
  }
  std::string operator()(const ServerField& field) const { return policy.*field.server; }
};

}  // namespace

Policy Policy::defaults() {
  Policy policy;
  policy.link_prefixes = list_of(default_prefixes);
  policy.file_extensions = list_of(default_extensions);
  return policy;
}

std::span<const PolicySetting> policy_settings() {
  static const auto settings = [] {
    std::array<PolicySetting, policy_rows.size()> all;
    std::transform(policy_rows.begin(), policy_rows.end(), all.begin(), [](const Row& row) { return row.setting; });
    return all;
  }();
  return settings;
}

base::Result<void> set_policy(Policy& policy, std::string_view name, std::string_view value) {
  const Row* row = find_row(name);
  if (row == nullptr) return unknown(name);
  return std::visit(Setter{policy, row->setting, value}, row->field);
}

base::Result<std::string> get_policy(const Policy& policy, std::string_view name) {
  const Row* row = find_row(name);
  if (row == nullptr) return unknown(name);
  return std::visit(Getter{policy}, row->field);
}

bool blocks_file(const Policy& policy, std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (!policy.block_file_extension || dot == std::string_view::npos) return false;
  const std::string extension = base::to_lower(base::trimmed(name.substr(dot)));
  return std::any_of(policy.file_extensions.begin(), policy.file_extensions.end(), [&](const std::string& listed) {
    return base::equal_ignoring_case(listed, extension) || base::equal_ignoring_case("." + listed, extension);
  });
}

}  // namespace tertulia::domain
