// SPDX-License-Identifier: Apache-2.0
#include "server/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "domain/directory/home_server.h"

namespace tertulia::server {
namespace {

using base::Error;
using base::Reason;
using base::Result;

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : " ") + item;
  return text;
}

Error out_of_bounds(std::string_view name, std::string_view wanted) {
  return {Reason::setting_out_of_bounds, fmt::format("{}: {}", name, wanted)};
}

struct Sentences {
  std::string_view english;
  std::string_view spanish;
};

Setting number(std::string name, std::uint32_t ServerSettings::*field, std::uint64_t min, std::uint64_t max,
               std::string_view unit, bool live, Sentences say) {
  auto get = [field](const ServerSettings& s) { return std::to_string(s.*field); };
  auto set = [=](ServerSettings& s, std::string_view text) -> Result<void> {
    const auto value = base::to_number(text);
    if (!value || *value < min || *value > max)
      return out_of_bounds(name, fmt::format("a number from {} to {} is needed", min, max));
    s.*field = static_cast<std::uint32_t>(*value);
    return {};
  };
  return {name, "number", min, max, unit, live, say.english, say.spanish, get, set};
}

Setting on_off(std::string name, bool ServerSettings::*field, bool live, Sentences say) {
  auto get = [field](const ServerSettings& s) { return std::string(s.*field ? "on" : "off"); };
  auto set = [=](ServerSettings& s, std::string_view text) -> Result<void> {
    if (text != "on" && text != "off" && text != "true" && text != "false")
      return out_of_bounds(name, "on or off is needed");
    s.*field = text == "on" || text == "true";
    return {};
  };
  return {name, "switch", 0, 0, "", live, say.english, say.spanish, get, set};
}

Setting text(std::string name, std::string ServerSettings::*field, bool live, Sentences say,
             std::string_view words = "text") {
  auto get = [field](const ServerSettings& s) { return s.*field; };
  auto set = [=](ServerSettings& s, std::string_view value) -> Result<void> {
    if (words != "text") {
      const auto choices = base::split(words, '|');
      if (std::find(choices.begin(), choices.end(), value) == choices.end())
        return out_of_bounds(name, fmt::format("one of {} is needed", words));
    }
    s.*field = std::string(value);
    return {};
  };
  return {name, words, 0, 0, "", live, say.english, say.spanish, get, set};
}

Setting list(std::string name, std::vector<std::string> ServerSettings::*field, bool needed, bool live, Sentences say) {
  auto get = [field](const ServerSettings& s) { return joined(s.*field); };
  auto set = [=](ServerSettings& s, std::string_view value) -> Result<void> {
    std::vector<std::string> items;
    for (const std::string_view item : base::split(value, ' ')) items.emplace_back(item);
    if (needed && items.empty()) return out_of_bounds(name, "at least one is needed");
    s.*field = std::move(items);
    return {};
  };
  return {name, "list", 0, 0, "", live, say.english, say.spanish, get, set};
}

void add_server(std::vector<Setting>& all) {
  using S = ServerSettings;
  all.push_back(list("server.domains", &S::domains, true, false,
                     {"SIP domains whose users live here.", "Dominios SIP cuyos usuarios viven aquí."}));
  all.push_back(text("server.host", &S::host, true,
                     {"Name of this machine as clients reach it.", "Nombre de esta máquina para los clientes."}));
  all.push_back(
      number("server.shards", &S::shards, 0, 64, "threads", false,
             {"Event loops; 0 means one per processor.", "Bucles de eventos; 0 significa uno por procesador."}));
  all.push_back(list(
      "listen.sip_tls", &S::sip_tls, false, false,
      {"Addresses and ports for SIP over TLS 1.2 and 1.3.", "Direcciones y puertos para SIP sobre TLS 1.2 y 1.3."}));
  all.push_back(list("listen.sip_tcp", &S::sip_tcp, false, false,
                     {"Addresses and ports for SIP over plain TCP; empty is off.",
                      "Direcciones y puertos para SIP sobre TCP sin cifrar; vacío lo apaga."}));
  all.push_back(text("listen.http", &S::http, false,
                     {"Address and port of health and metrics; empty is off.",
                      "Dirección y puerto de salud y métricas; vacío lo apaga."}));
  all.push_back(list("web.listen", &S::web_listen, false, false,
                     {"Addresses and ports of the web services, over TLS; empty is off.",
                      "Direcciones y puertos de los servicios web, sobre TLS; vacío los apaga."}));
  all.push_back(
      text("web.public_host", &S::web_public_host, false,
           {"Name, or name:port, by which clients reach the web services; empty is server.host and the first "
            "port above.",
            "Nombre, o nombre:puerto, con el que los clientes llegan a los servicios web; vacío es server.host y "
            "el primer puerto de arriba."}));
  all.push_back(number("web.connections_max", &S::web_connections_max, 10, 100000, "connections", false,
                       {"Connections of the web services at once, per event loop.",
                        "Conexiones de los servicios web a la vez, por bucle de eventos."}));
  all.push_back(text("tls.certificate", &S::certificate, true,
                     {"PEM file with the certificate and its chain; relative to the data folder.",
                      "Archivo PEM con el certificado y su cadena; relativo a la carpeta de datos."}));
  all.push_back(text("tls.key", &S::key, true, {"PEM file with its key.", "Archivo PEM con su clave."}));
  all.push_back(text("tls.certificate_rsa", &S::certificate_rsa, true,
                     {"A second certificate with an RSA key for old clients; empty is none.",
                      "Un segundo certificado con clave RSA para clientes antiguos; vacío es ninguno."}));
  all.push_back(text("tls.key_rsa", &S::key_rsa, true, {"PEM file with its key.", "Archivo PEM con su clave."}));
}

void add_sip(std::vector<Setting>& all) {
  using S = ServerSettings;
  all.push_back(number("sip.registration_min", &S::registration_min, 30, 86400, "seconds", true,
                       {"Shorter registrations are refused.", "Los registros más cortos se rechazan."}));
  all.push_back(number("sip.registration_default", &S::registration_default, 30, 86400, "seconds", true,
                       {"Given when the client asks for no time.", "Se da cuando el cliente no pide tiempo."}));
  all.push_back(number("sip.registration_max", &S::registration_max, 60, 86400, "seconds", true,
                       {"Longer registrations are shortened.", "Los registros más largos se acortan."}));
  all.push_back(number("sip.nonce_lifetime", &S::nonce_lifetime, 10, 86400, "seconds", true,
                       {"How long a password challenge may be used.", "Cuánto tiempo vale un desafío de contraseña."}));
  all.push_back(on_off("sip.digest_sha256", &S::digest_sha256, true,
                       {"Offer password challenges with SHA-256.", "Ofrecer desafíos con SHA-256."}));
  all.push_back(on_off("sip.digest_md5", &S::digest_md5, true,
                       {"Offer password challenges with MD5 (older phones need it).",
                        "Ofrecer desafíos con MD5 (los teléfonos antiguos lo necesitan)."}));
  all.push_back(on_off("sip.digest_uri_must_match", &S::digest_uri_must_match, true,
                       {"Refuse credentials made for another request address.",
                        "Rechazar credenciales hechas para otra dirección de petición."}));
  all.push_back(
      number("sip.lockout_free_tries", &S::lockout_free_tries, 1, 1000, "tries", false,
             {"Wrong passwords before an account is locked; an address from which they come is locked at four times "
              "as many.",
              "Contraseñas erróneas antes de bloquear una cuenta; la dirección de la que vienen se bloquea "
              "con el cuádruple."}));
  all.push_back(
      number("sip.lockout_first", &S::lockout_first, 1, 3600, "seconds", false,
             {"Length of the first lock; it doubles each time.", "Duración del primer bloqueo; se duplica cada vez."}));
  all.push_back(number("sip.lockout_longest", &S::lockout_longest, 1, 86400, "seconds", false,
                       {"Longest lock.", "Bloqueo más largo."}));
}

void add_lync(std::vector<Setting>& all) {
  using S = ServerSettings;
  all.push_back(on_off("lync.enabled", &S::lync, false,
                       {"Serve clients of the Lync family (Pidgin with SIPE) in their own way.",
                        "Atender a los clientes de la familia Lync (Pidgin con SIPE) a su manera."}));
  all.push_back(on_off("lync.ntlm", &S::lync_ntlm, false,
                       {"Let them sign in with NTLM: their passwords are not sent, every message is signed.",
                        "Permitirles iniciar sesión con NTLM: no se envía la contraseña y cada mensaje va firmado."}));
  all.push_back(
      on_off("lync.tls_dsk", &S::lync_tls_dsk, false,
             {"Let them sign in with TLS-DSK: a certificate that they get for their password at the web services.",
              "Permitirles iniciar sesión con TLS-DSK: un certificado que obtienen por su contraseña en los "
              "servicios web."}));
  all.push_back(number("lync.certificate_days", &S::certificate_days, 1, 3650, "days", false,
                       {"Life of such a certificate; it ends before when the password changes.",
                        "Vida de ese certificado; termina antes si cambia la contraseña."}));
  all.push_back(number("lync.ticket_hours", &S::ticket_hours, 1, 24, "hours", false,
                       {"Life of a web ticket.", "Vida de un tique web."}));
  all.push_back(
      text("lync.kerberos.keytab", &S::kerberos_keytab, false,
           {"Keytab with the key of the service, for sign-in with Kerberos; relative to the data folder; empty "
            "is off.",
            "Keytab con la clave del servicio, para iniciar sesión con Kerberos; relativo a la carpeta de "
            "datos; vacío lo apaga."}));
  all.push_back(text("lync.kerberos.service", &S::kerberos_service, false,
                     {"Principal of the service without realm; empty is sip/ and server.host.",
                      "Principal del servicio sin realm; vacío es sip/ y server.host."}));
  all.push_back(list("lync.kerberos.realms", &S::kerberos_realms, false, false,
                     {"REALM=domain pairs; a realm that is a domain's name in capitals needs none.",
                      "Pares REALM=dominio; un realm que es el nombre de un dominio en mayúsculas no lo necesita."}));
  all.push_back(number("conversation.page_idle", &S::page_idle, 10, 86400, "seconds", true,
                       {"A conversation of single messages ends after this time without one.",
                        "Una conversación de mensajes sueltos termina tras este tiempo sin ninguno."}));
  all.push_back(number("conversation.invite_patience", &S::invite_patience, 5, 180, "seconds", true,
                       {"How long an invitation may ring.", "Cuánto puede sonar una invitación."}));
  all.push_back(number("conference.lobby_patience", &S::lobby_patience, 10, 86400, "seconds", true,
                       {"Who waits in a lobby is sent away after this time.",
                        "Quien espera en la sala de espera se despide tras este tiempo."}));
  all.push_back(number("conference.empty_patience", &S::empty_patience, 0, 86400, "seconds", true,
                       {"A conference that nobody is in goes on for this time, so that people can come back.",
                        "Una conferencia sin nadie dentro sigue este tiempo, para que la gente pueda volver."}));
  all.push_back(number("conference.roster_interval", &S::roster_interval, 0, 10000, "milliseconds", true,
                       {"Changes of a conference's roster within this time are told as one.",
                        "Los cambios de la lista de una conferencia en este tiempo se comunican como uno solo."}));
}

void add_presence(std::vector<Setting>& all) {
  using S = ServerSettings;
  all.push_back(number("presence.news_interval", &S::news_interval, 0, 10000, "milliseconds", true,
                       {"Changes of one user within this time are told to his watchers as one.",
                        "Los cambios de un usuario en este tiempo se comunican a sus observadores como uno solo."}));
  all.push_back(number("presence.publish_min", &S::publish_min, 1, 86400, "seconds", true,
                       {"Shorter publications are refused.", "Las publicaciones más cortas se rechazan."}));
  all.push_back(
      number("presence.publish_default", &S::publish_default, 60, 86400, "seconds", true,
             {"Given to a publication that asks for no time.", "Se da a una publicación que no pide tiempo."}));
  all.push_back(number("presence.publish_max", &S::publish_max, 60, 604800, "seconds", true,
                       {"Longer publications are shortened.", "Las publicaciones más largas se acortan."}));
  all.push_back(number("presence.subscribe_min", &S::subscribe_min, 1, 86400, "seconds", true,
                       {"Shorter subscriptions are refused.", "Las suscripciones más cortas se rechazan."}));
  all.push_back(
      number("presence.subscribe_default", &S::subscribe_default, 60, 86400, "seconds", true,
             {"Given to a subscription that asks for no time.", "Se da a una suscripción que no pide tiempo."}));
  all.push_back(number("presence.subscribe_max", &S::subscribe_max, 60, 86400, "seconds", true,
                       {"Longer subscriptions are shortened.", "Las suscripciones más largas se acortan."}));
  all.push_back(number("call.ring", &S::ring, 10, 600, "seconds", true,
                       {"How long a call may ring before it counts as unanswered.",
                        "Cuánto puede sonar una llamada antes de darse por no contestada."}));
  all.push_back(number("call.longest", &S::longest_call, 1, 168, "hours", true,
                       {"Longest life of a call whose devices do not refresh it.",
                        "Vida máxima de una llamada cuyos dispositivos no la renuevan."}));
}

void add_limits(std::vector<Setting>& all) {
  using S = ServerSettings;
  all.push_back(number("limits.connections_max", &S::connections_max, 10, 1000000, "connections", false,
                       {"Connections at once, per event loop.", "Conexiones a la vez, por bucle de eventos."}));
  all.push_back(number("limits.connections_per_address_max", &S::connections_per_address_max, 1, 1000000, "connections",
                       false,
                       {"Connections of one network address, per event loop.",
                        "Conexiones de una dirección de red, por bucle de eventos."}));
  all.push_back(number("limits.handshake_seconds", &S::handshake_seconds, 1, 120, "seconds", false,
                       {"Time for the TLS handshake.", "Tiempo para la negociación TLS."}));
  all.push_back(number("limits.first_message_seconds", &S::first_message_seconds, 1, 600, "seconds", false,
                       {"Time until the first whole message of a connection.",
                        "Tiempo hasta el primer mensaje completo de una conexión."}));
  all.push_back(number("limits.unfinished_message_seconds", &S::unfinished_message_seconds, 1, 600, "seconds", false,
                       {"Time for a message that has begun to end.", "Tiempo para que termine un mensaje empezado."}));
  all.push_back(number("limits.write_queue_bytes", &S::write_queue_bytes, 65536, 268435456, "bytes", false,
                       {"What may wait for a slow reader before he is dropped.",
                        "Lo que puede esperar a un lector lento antes de desconectarlo."}));
  all.push_back(number("limits.head_bytes", &S::head_bytes, 4096, 1048576, "bytes", false,
                       {"Largest head of a SIP message.", "Cabecera más larga de un mensaje SIP."}));
  all.push_back(number("limits.body_bytes", &S::body_bytes, 4096, 16777216, "bytes", false,
                       {"Largest body of a SIP message.", "Cuerpo más largo de un mensaje SIP."}));
  all.push_back(number("records.keep_days", &S::keep_days, 1, 2562, "days", true,
                       {"How long call detail records are kept.", "Cuánto se guardan los registros de llamadas."}));
  all.push_back(
      number("records.purge_hour", &S::purge_hour, 0, 23, "hour (UTC)", true,
             {"When old records are removed each night.", "Cuándo se eliminan los registros viejos cada noche."}));
  all.push_back(text("log.level", &S::log_level, false, {"How much is logged.", "Cuánto se registra."},
                     "trace|debug|info|warning|error"));
  all.push_back(on_off("log.json", &S::log_json, false, {"One JSON object a line.", "Un objeto JSON por línea."}));
  all.push_back(on_off("log.personal", &S::log_personal, false,
                       {"Show addresses and names in the log.", "Mostrar direcciones y nombres en el registro."}));
  all.push_back(
      text("log.file", &S::log_file, false,
           {"File for the log; empty is standard error.", "Archivo del registro; vacío es la salida de errores."}));
}

void add_policy(std::vector<Setting>& all) {
  for (const domain::PolicySetting& policy : domain::policy_settings()) {
    const std::string key(policy.name);
    all.push_back(
        {"policy." + key, policy.kind, policy.min, policy.max, policy.unit, true, policy.sentence, policy.sentence_es,
         [key](const ServerSettings& s) {
           auto value = domain::get_policy(s.policy, key);
           return value ? std::move(*value) : std::string();
         },
         [key](ServerSettings& s, std::string_view value) { return domain::set_policy(s.policy, key, value); }});
  }
}

base::Duration seconds(std::uint32_t count) { return std::chrono::seconds{count}; }

}  // namespace

std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  add_server(all);
  add_sip(all);
  add_lync(all);
  add_presence(all);
  add_limits(all);
  add_policy(all);
  return all;
}

domain::Directory empty_directory(const ServerSettings& settings, const std::vector<std::string>& sip_tls) {
  std::vector<std::string> own_servers;
  for (const std::string& address : sip_tls) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos) continue;
    auto name = domain::home_server_from(settings.host + address.substr(colon));
    if (name) own_servers.push_back(*std::move(name));
  }
  return {settings.domains, settings.policy, std::move(own_servers)};
}

ShardSettings shard_settings(const ServerSettings& settings) {
  ShardSettings out;
  out.face.host = settings.host;
  out.face.digest.realm = settings.domains.front();
  out.face.digest.nonce_lifetime = seconds(settings.nonce_lifetime);
  out.face.digest.algorithms.clear();
  if (settings.digest_sha256) out.face.digest.algorithms.push_back(base::HashAlgorithm::sha256);
  if (settings.digest_md5) out.face.digest.algorithms.push_back(base::HashAlgorithm::md5);
  out.face.digest.uri_must_match = settings.digest_uri_must_match;
  out.face.lockout.free_tries = settings.lockout_free_tries;
  out.face.lockout.first_lock = seconds(settings.lockout_first);
  out.face.lockout.longest_lock = seconds(settings.lockout_longest);
  out.face.framer_limits.head_bytes_max = settings.head_bytes;
  out.face.framer_limits.body_bytes_max = settings.body_bytes;
  // A silent device is given up after 64 * T1 = 19 s, so that the sender hears of it before his own 32 s are over.
  out.face.timers.t1 = std::chrono::milliseconds{300};
  out.face.flow.first_message_max = seconds(settings.first_message_seconds);
  out.face.flow.unfinished_message_max = seconds(settings.unfinished_message_seconds);
  out.lync.enabled = settings.lync;
  out.lync.ntlm = settings.lync_ntlm;
  out.lync.host = settings.host;
  for (const std::string& pair : settings.kerberos_realms) {
    const std::size_t sign = pair.find('=');
    out.lync.kerberos_realms.push_back({pair.substr(0, sign), sign < pair.size() ? pair.substr(sign + 1) : ""});
  }
  out.registrar.lease_min = seconds(settings.registration_min);
  out.registrar.lease_default = seconds(settings.registration_default);
  out.registrar.lease_max = seconds(settings.registration_max);
  out.immcu.page_idle_max = out.face.page_idle = seconds(settings.page_idle);
  out.immcu.invite_patience = seconds(settings.invite_patience);
  out.conference.lobby_patience = seconds(settings.lobby_patience);
  out.conference.empty_patience = seconds(settings.empty_patience);
  out.conference.news_interval = std::chrono::milliseconds{settings.roster_interval};
  out.face.subscriptions = {seconds(settings.subscribe_min), seconds(settings.subscribe_default),
                            seconds(settings.subscribe_max)};
  out.face.publications = {seconds(settings.publish_min), seconds(settings.publish_default),
                           seconds(settings.publish_max)};
  out.presence.news_interval = std::chrono::milliseconds{settings.news_interval};
  out.presence.publish_min = seconds(settings.publish_min);
  out.presence.publish_default = seconds(settings.publish_default);
  out.presence.publish_max = seconds(settings.publish_max);
  out.calls.ring = seconds(settings.ring);
  out.calls.longest = std::chrono::hours{settings.longest_call};
  return out;
}

base::LogSettings log_settings(const ServerSettings& settings) {
  base::LogSettings out;
  constexpr std::string_view words = "trace|debug|info|warning|error";
  const auto levels = base::split(words, '|');
  const auto found = std::find(levels.begin(), levels.end(), settings.log_level);
  if (found != levels.end()) out.level = static_cast<base::LogLevel>(found - levels.begin());
  out.json = settings.log_json;
  out.show_personal = settings.log_personal;
  out.file = settings.log_file;
  return out;
}

}  // namespace tertulia::server
