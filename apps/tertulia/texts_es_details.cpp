// SPDX-License-Identifier: Apache-2.0
// Spanish of what stands behind a reason, and of the names of fields.
#include <array>
#include <vector>

#include "texts_es.h"

namespace tertulia::app {
namespace {

using Form = SpanishText;
using Word = SpanishText;

/// What `{}` stands for is taken over as it is.  The first form that fits counts, so the longer ones come first.
constexpr std::array details{
    // words of the command line
    Form{"A subcommand is required", "hace falta una orden"},
    Form{"{} is required", "hace falta {}"},
    Form{"The following argument was not expected: {}", "sobra {}"},
    Form{"The following arguments were not expected: {}", "sobran {}"},
    Form{"Value {} not in range [{} - {}]", "el valor {} no está entre {} y {}"},
    Form{"Value {} not in range {} to {}", "el valor {} no está entre {} y {}"},
    Form{"{} not in {{}}", "{} no es ninguno de {}"},
    Form{"{} not in {}", "{} no es ninguno de {}"},
    Form{"Could not convert: {} = {}", "{}: no se entiende {}"},
    Form{"{}: {} required {} missing", "{}: falta el valor"},
    Form{"Expected exactly {} arguments to {}, got {}", "{1}: hacen falta {0} valores, hay {2}"},
    Form{"Expected at least {} arguments to {}, got {}", "{1}: hacen falta al menos {0} valores, hay {2}"},
    Form{"At least {} required but received {}", "hacen falta al menos {}, hay {}"},
    Form{"At Most {} required but received {}", "caben como mucho {}, hay {}"},
    Form{"{} excludes {}", "{} y {} se excluyen"},
    Form{"SETTING=VALUE is needed", "hace falta SETTING=VALUE"},
    Form{"FIELD=VALUE is needed", "hace falta FIELD=VALUE"},
    Form{"there is no command of this name", "no existe esa orden"},
    Form{"a time like 2026-03-01T09:30 is needed", "hace falta una hora como 2026-03-01T09:30"},
    Form{"a record's number is needed", "hace falta el número de un registro"},
    Form{"a conversation's number is needed", "hace falta el número de una conversación"},
    Form{"the conference's id is missing", "falta el identificador de la conferencia"},
    Form{"state or note is needed", "hace falta un estado o una nota"},
    Form{"state: online, busy, do-not-disturb, be-right-back, away, off-work, offline or reset",
         "estado: online, busy, do-not-disturb, be-right-back, away, off-work, offline o reset"},
    Form{"set must be a picture in base64", "set debe ser una imagen en base64"},
    Form{"level: external, colleagues, workgroup, friends, blocked or none",
         "nivel: external, colleagues, workgroup, friends, blocked o none"},
    Form{"give it with --password-stdin", "indíquela con --password-stdin"},
    Form{"a listening address is written 192.0.2.1:5061 or [2001:db8::1]:5061",
         "una dirección de escucha se escribe 192.0.2.1:5061 o [2001:db8::1]:5061"},
    Form{"a JSON object is needed", "hace falta un objeto JSON"},
    Form{"enabled must be true or false", "enabled debe ser true o false"},
    Form{"settings must be an object", "settings debe ser un objeto"},
    Form{"a setting's value must be a text", "el valor de un ajuste debe ser un texto"},
    Form{"set must be an object", "set debe ser un objeto"},
    Form{"clear must be a list", "clear debe ser una lista"},
    Form{"groups must be a list", "groups debe ser una lista"},
    Form{"{} must be a list", "{} debe ser una lista"},
    Form{"a field's value must be a text", "el valor de un campo debe ser un texto"},
    Form{"a field's name must be a text", "el nombre de un campo debe ser un texto"},
    Form{"a field is named twice", "un campo está dos veces"},
    Form{"a number", "hace falta un número"},
    Form{"too long", "demasiado larga"},
    // files and folder
    Form{"{} exists already; name another file, or add --overwrite",
         "{} ya existe; indique otro archivo o añada --overwrite"},
    Form{"{} exists already; name another file", "{} ya existe; indique otro archivo"},
    Form{"{} (tertulia init makes it)", "{} (lo crea tertulia init)"},
    Form{"will not overwrite {}", "no se reemplaza {}"},
    Form{"longer than 253 octets", "tiene más de 253 octetos"},
    Form{"a character other than letters, digits, - and .", "un carácter que no es letra, cifra, - ni ."},
    Form{"nothing before or behind a dot, or nothing at all", "nada antes o después de un punto, o nada en absoluto"},
    Form{"a part between the dots is longer than 63 octets", "una parte entre los puntos tiene más de 63 octetos"},
    Form{"a part begins or ends with a hyphen", "una parte empieza o termina con un guion"},
    Form{"more than {} host names", "más de {} nombres de host"},
    Form{"\"{}\" is neither a host name nor an IP address", "«{}» no es ni un nombre de host ni una dirección IP"},
    Form{"{} serves {}; another domain is added in server.domains",
         "{} sirve {}; otro dominio se añade en server.domains"},
    Form{"{} is missing, but the store holds the passwords of {} users; put it back from the backup (with --new-key a "
         "new "
         "one is made, and every password must be set anew)",
         "falta {}, pero el almacén guarda las contraseñas de {} usuarios; recupérelo de la copia (con --new-key se "
         "crea "
         "otra y hay que poner de nuevo todas las contraseñas)"},
    Form{"{} is missing, but the store holds the passwords of {}; put it back from the backup (with --new-key a new "
         "one is "
         "made, and every password must be set anew)",
         "falta {}, pero el almacén guarda contraseñas; recupérelo de la copia (con --new-key se crea otra y hay que "
         "poner de nuevo todas las contraseñas)"},
    Form{"the store file {} is missing; put the newest backup there, or make an empty one with `tertulia init`",
         "falta el almacén {}; ponga ahí la última copia, o cree uno vacío con `tertulia init`"},
    Form{"the store file {} is damaged (it is empty); restore a backup, or run `tertulia doctor` to see what is left",
         "el almacén {} está dañado (está vacío); recupere una copia, o vea con `tertulia doctor` qué queda"},
    Form{"the store file {} is damaged ({}); restore a backup, or run `tertulia doctor` to see what is left",
         "el almacén {} está dañado ({}); recupere una copia, o vea con `tertulia doctor` qué queda"},
    Form{"the store file {} has schema version {}, this program knows versions up to {}; install the version of "
         "Tertulia "
         "that wrote it, or restore a backup",
         "el almacén {} tiene la versión {} del esquema y este programa conoce hasta la {}; instale la versión de "
         "Tertulia que lo escribió, o recupere una copia"},
    Form{"the store file {} has schema version {}, expected {}; start the server once to bring it up to date",
         "el almacén {} tiene la versión {} del esquema y hace falta la {}; inicie una vez el servidor para ponerlo al "
         "día"},
    Form{"the store file {} may only be read; give its owner write permission, or mount its file system for writing",
         "el almacén {} solo se puede leer; dé permiso de escritura a su dueño, o monte su sistema de archivos para "
         "escribir"},
    Form{"{} is held by another process", "otro proceso tiene {}"},
    Form{"cannot read {}: {}", "no se puede leer {}: {}"},
    Form{"cannot write {}: {}", "no se puede escribir {}: {}"},
    Form{"cannot open {}: {}", "no se puede abrir {}: {}"},
    Form{"cannot open the lock file {}: {}", "no se puede abrir el archivo de bloqueo {}: {}"},
    Form{"cannot create or write {}: {}", "no se puede crear ni escribir {}: {}"},
    Form{"{} is not a regular file", "{} no es un archivo corriente"},
    Form{"{} may be read or changed by others than its owner; run: chmod 600 {}",
         "otros que su dueño pueden leer o cambiar {}; ejecute: chmod 600 {}"},
    Form{"{} is not a key file of this program", "{} no es un archivo de clave de este programa"},
    Form{"{} holds no usable certificate", "{} no contiene ningún certificado utilizable"},
    Form{"{} is not the key of {}", "{} no es la clave de {}"},
    Form{"TLS needs a certificate", "TLS necesita un certificado"},
    Form{"listening on {}", "al escuchar en {}"},
    Form{"{} is not an address of this machine", "{} no es una dirección de esta máquina"},
    Form{"the path of the socket is too long: {}", "la ruta del socket es demasiado larga: {}"},
    Form{"no answer in time", "no hubo respuesta a tiempo"},
    Form{"the answer was cut off", "la respuesta quedó cortada"},
    Form{"the answer is no JSON object", "la respuesta no es un objeto JSON"},
    Form{"the answer has no picture", "la respuesta no trae la foto"},
    // settings and users
    Form{"{} stands outside of a section", "{} está fuera de una sección"},
    Form{"only texts may stand in a list", "en una lista solo caben textos"},
    Form{"a number, text, list, true or false is needed", "hace falta un número, un texto, una lista, true o false"},
    Form{"REALM=domain with a domain of server.domains is needed",
         "hace falta REALM=dominio con un dominio de server.domains"},
    Form{"one of them must be on", "uno de los dos debe estar en on"},
    Form{"not above sip.registration_max", "no mayor que sip.registration_max"},
    Form{"line {}: {}", "línea {}: {}"},
    Form{"{} (line {})", "{} (línea {})"},
    Form{"a number from {} to {} is needed", "hace falta un número de {} a {}"},
    Form{"one of {} is needed", "hace falta uno de {}"},
    Form{"on or off is needed", "hace falta on u off"},
    Form{"at least one is needed", "hace falta al menos uno"},
    Form{"on or off", "on u off"},
    Form{"one of {}", "uno de {}"},
    Form{"UTF-8 text without control characters", "texto UTF-8 sin caracteres de control"},
    Form{"entry {} is not of the right form", "la entrada {} no tiene la forma debida"},
    Form{"a name or an IP address, with or without :port", "un nombre o una dirección IP, con o sin :puerto"},
    Form{"this server serves {}", "este servidor sirve {}"},
    Form{"at most {} addresses can be blocked", "se pueden bloquear como mucho {} direcciones"},
    Form{"at most {} bytes", "como mucho {} bytes"},
    Form{"shorter than {} bytes", "menos de {} bytes"},
    Form{"longer than {} bytes", "más de {} bytes"},
    Form{"not well-formed UTF-8", "UTF-8 mal formado"},
    Form{"no memory for the password hash", "no hay memoria para el resumen de la contraseña"},
    Form{"{} to {} devices", "de {} a {} dispositivos"},
    Form{"{} to {} messages", "de {} a {} mensajes"},
    Form{"{} to {} bytes", "de {} a {} bytes"},
    Form{"{} to {} links", "de {} a {} enlaces"},
    Form{"{} to {} entries", "de {} a {} entradas"},
    Form{"{} to {} minutes", "de {} a {} minutos"},
    Form{"{} to {} watchers", "de {} a {} observadores"},
    Form{"{} to {} subscriptions", "de {} a {} suscripciones"},
    Form{"{} to {} contacts", "de {} a {} contactos"},
    // a running server
    Form{"components that can be stopped: immcu", "componentes que se pueden detener: immcu"},
    Form{"stopped by the administrator", "detenido por el administrador"},
    Form{"a shard does not answer", "un fragmento no responde"},
    Form{"{} records wait for the disk", "{} registros esperan al disco"},
    Form{"a shard did not take over certificate or settings in time",
         "un fragmento no asumió a tiempo el certificado o los ajustes"},
};

/// Names of fields, and the words that stand as their values.
constexpr std::array words{
    Word{"true", "sí"},
    Word{"false", "no"},
    Word{"version", "versión"},
    Word{"started", "inicio"},
    Word{"uptime_seconds", "segundos en marcha"},
    Word{"shards", "fragmentos"},
    Word{"users", "usuarios"},
    Word{"users_signed_in", "usuarios dentro"},
    Word{"endpoints", "dispositivos"},
    Word{"connections", "conexiones"},
    Word{"conversations", "conversaciones"},
    Word{"conferences", "conferencias"},
    Word{"calls", "llamadas"},
    Word{"presence_watches", "observaciones"},
    Word{"messages_waiting", "mensajes en espera"},
    Word{"messages_in", "mensajes recibidos"},
    Word{"messages_out", "mensajes enviados"},
    Word{"store", "almacén"},
    Word{"records", "registros"},
    Word{"degraded", "mermado"},
    Word{"down", "caído"},
    Word{"stopped", "detenido"},
    Word{"organizer", "organizador"},
    Word{"presenter", "moderador"},
    Word{"attendee", "asistente"},
    Word{"unknown", "desconocido"},
    Word{"everyone", "todos"},
    Word{"organisation", "organización"},
    Word{"invited", "invitados"},
    Word{"external", "externo"},
    Word{"colleagues", "compañeros"},
    Word{"workgroup", "grupo de trabajo"},
    Word{"friends", "amigos"},
    Word{"blocked", "bloqueado"},
    Word{"none", "ninguno"},
    Word{"page", "suelto"},
    Word{"session", "sesión"},
    Word{"call", "llamada"},
    Word{"file", "archivo"},
    Word{"conference", "conferencia"},
    Word{"client_initiated", "pedida por el cliente"},
    Word{"expired", "caducada"},
    Word{"client_crashed", "conexión perdida"},
    Word{"user_changed", "usuario cambiado"},
    Word{"id", "identificador"},
    Word{"subject", "asunto"},
    Word{"join_uri", "URI de entrada"},
    Word{"focus_uri", "URI del foco"},
    Word{"join_url", "URL de entrada"},
    Word{"admission", "admisión"},
    Word{"lobby", "sala de espera"},
    Word{"locked", "cerrada"},
    Word{"muted", "en silencio"},
    Word{"scheduled", "programada"},
    Word{"size_max", "tamaño máximo"},
    Word{"members", "miembros"},
    Word{"waiting", "en espera"},
    Word{"messages", "mensajes"},
    Word{"conversation", "conversación"},
    Word{"created", "creada"},
    Word{"expires", "caduca"},
    Word{"mode", "modo"},
    Word{"participant", "participante"},
    Word{"role", "papel"},
    Word{"user", "usuario"},
    Word{"endpoint", "dispositivo"},
    Word{"instance", "instancia"},
    Word{"client_version", "cliente"},
    Word{"ip_address", "dirección IP"},
    Word{"register_time", "entrada"},
    Word{"deregister_time", "salida"},
    Word{"deregister_type", "clase de salida"},
    Word{"response_code", "código de respuesta"},
    Word{"diagnostic_id", "diagnóstico"},
    Word{"user1", "usuario 1"},
    Word{"user1_endpoint", "dispositivo 1"},
    Word{"user1_client_version", "cliente 1"},
    Word{"user1_message_count", "mensajes de 1"},
    Word{"user2", "usuario 2"},
    Word{"user2_endpoint", "dispositivo 2"},
    Word{"user2_client_version", "cliente 2"},
    Word{"user2_message_count", "mensajes de 2"},
    Word{"call_id", "Call-ID"},
    Word{"content_type", "tipo de contenido"},
    Word{"invite_time", "invitación"},
    Word{"response_time", "respuesta"},
    Word{"end_time", "fin"},
    Word{"start_time", "comienzo"},
    Word{"media_types", "medios"},
    Word{"referred_by", "remitido por"},
    Word{"replaces", "sustituye a"},
    Word{"disconnected_by", "cortado por"},
    Word{"correlation_id", "correlación"},
    Word{"files", "archivos"},
    Word{"conference_id", "conferencia"},
};

constexpr std::string_view hole = "{}";

/// What the holes of `form` stand for in `text`; false when it does not fit.
bool fits(std::string_view form, std::string_view text, std::vector<std::string_view>& filled) {
  filled.clear();
  std::size_t open = form.find(hole);
  if (open == std::string_view::npos) return form == text;
  if (!text.starts_with(form.substr(0, open))) return false;
  text.remove_prefix(open);
  bool begins = open == 0;
  while (open != std::string_view::npos) {
    form.remove_prefix(open + hole.size());
    open = form.find(hole);
    const std::string_view between = form.substr(0, open);
    const bool last = open == std::string_view::npos;
    if (last && !text.ends_with(between)) return false;
    const std::size_t end = last ? text.size() - between.size() : text.find(between);
    if (end == std::string_view::npos || end == 0) return false;
    // What is in front of a colon belongs to no form that begins with a hole; see below.
    if (begins && text.substr(0, end).find(": ") != std::string_view::npos) return false;
    begins = false;
    filled.push_back(text.substr(0, end));
    text.remove_prefix(end + between.size());
  }
  return true;
}

/// `{}` takes the next, `{2}` the third.
std::string fill(std::string_view form, const std::vector<std::string_view>& filled) {
  std::string text;
  std::size_t next = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool plain = form.substr(i).starts_with(hole);
    const bool numbered = !plain && form[i] == '{' && i + 2 < form.size() && form[i + 2] == '}';
    if (!plain && !numbered) {
      text += form[i];
      continue;
    }
    const std::size_t which = plain ? next++ : static_cast<std::size_t>(form[i + 1] - '0');
    if (which < filled.size()) text.append(filled[which]);
    i += plain ? 1 : 2;
  }
  return text;
}

}  // namespace

std::string spanish_detail(std::string_view english) {
  std::vector<std::string_view> filled;
  for (const Form& form : details)
    if (fits(form.english, english, filled)) return fill(form.spanish, filled);
  // What is in front of a colon names a file, a setting, an option.
  const std::size_t colon = english.find(": ");
  if (colon == std::string_view::npos) return std::string(english);
  return std::string(english.substr(0, colon + 2)) + spanish_detail(english.substr(colon + 2));
}

std::span<const SpanishText> spanish_details() { return details; }
std::span<const SpanishText> spanish_words() { return words; }

}  // namespace tertulia::app
