// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/card.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "domain/directory/folding.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Error;
using base::Reason;
using base::Result;

constexpr std::array card_rows{
    CardField{"given_name", CardKind::text, card_text_octets_max, "Given name.", "Nombre de pila.", &Card::given_name},
    CardField{"surname", CardKind::text, card_text_octets_max, "Surname.", "Apellidos.", &Card::surname},
    CardField{"title", CardKind::text, card_text_octets_max, "What the person does, for example Engineer.",
              "Cargo de la persona, por ejemplo Ingeniera.", &Card::title},
    CardField{"company", CardKind::text, card_text_octets_max, "Company or organisation.", "Empresa u organización.",
              &Card::company},
    CardField{"department", CardKind::text, card_text_octets_max, "Department.", "Departamento.", &Card::department},
    CardField{"office", CardKind::text, card_text_octets_max, "Office or room.", "Oficina o despacho.", &Card::office},
    CardField{"mail", CardKind::mail, address_octets_max, "Mail address.", "Dirección de correo.", &Card::mail},
    CardField{"work_phone", CardKind::phone, card_phone_octets_max, "Telephone at work.", "Teléfono del trabajo.",
              &Card::work_phone},
    CardField{"mobile_phone", CardKind::phone, card_phone_octets_max, "Mobile telephone.", "Teléfono móvil.",
              &Card::mobile_phone},
    CardField{"home_phone", CardKind::phone, card_phone_octets_max, "Telephone at home.", "Teléfono de casa.",
              &Card::home_phone},
    CardField{"other_phone", CardKind::phone, card_phone_octets_max, "Another telephone.", "Otro teléfono.",
              &Card::other_phone},
    CardField{"street", CardKind::text, card_street_octets_max, "Street and number of the office.",
              "Calle y número de la oficina.", &Card::street},
    CardField{"city", CardKind::text, card_text_octets_max, "City.", "Ciudad.", &Card::city},
    CardField{"state", CardKind::text, card_text_octets_max, "State or province.", "Estado o provincia.", &Card::state},
    CardField{"postal_code", CardKind::text, card_postal_code_octets_max, "Postal code.", "Código postal.",
              &Card::postal_code},
    CardField{"country", CardKind::text, card_text_octets_max, "Country, by name or by its two letters (ES).",
              "País, por su nombre o sus dos letras (ES).", &Card::country},
    CardField{"web_page", CardKind::url, card_url_octets_max, "Web page.", "Página web.", &Card::web_page},
    CardField{"photo_url", CardKind::url, card_url_octets_max,
              "Where clients fetch the picture, if the server keeps none.",
              "De dónde toman los clientes la foto, si el servidor no guarda ninguna.", &Card::photo_url},
};
static_assert(sizeof(Card) == card_rows.size() * sizeof(std::string) + sizeof(PhotoMark), "a row for each field");

/// A telephone number taken apart.
struct Phone {
  std::string digits;  ///< with '+' in front when it is international
  std::string extension;
};

/// Cuts the text at the word that introduces an extension; what stands behind it, if the word is there.
std::optional<std::string_view> cut_extension(std::string_view& text) {
  const std::string lower = base::to_lower(text);
  for (const std::string_view word : {";ext=", "ext.", "ext", "x"}) {
    const std::size_t at = lower.find(word);
    if (at == std::string::npos) continue;
    const std::string_view behind = base::trimmed(text.substr(at + word.size()));
    text = text.substr(0, at);
    return behind;
  }
  return std::nullopt;
}

std::optional<Phone> parse_phone(std::string_view text) {
  Phone phone;
  if (const auto extension = cut_extension(text)) {
    const bool good = !extension->empty() && extension->size() <= card_extension_digits_max &&
                      std::all_of(extension->begin(), extension->end(), base::is_digit);
    if (!good) return std::nullopt;
    phone.extension = *extension;
  }
  constexpr std::string_view between = " -./()";
  std::size_t digits = 0;
  for (const char c : text) {
    if (base::is_digit(c)) {
      ++digits;
    } else if (c != '+' || !phone.digits.empty()) {
      if (between.find(c) == std::string_view::npos) return std::nullopt;
      continue;
    }
    phone.digits += c;
  }
  if (digits < card_phone_digits_min || digits > card_phone_digits_max) return std::nullopt;
  return phone;
}

/// Characters that any document can carry: no controls, no line ends, none that XML forbids.
bool is_plain_text(std::string_view text) {
  if (!base::is_utf8(text)) return false;
  while (!text.empty()) {
    const char32_t c = take_character(text);
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfffe || c == 0xffff) return false;
  }
  return true;
}

bool is_mail(std::string_view text) {
  const std::size_t at = text.find('@');
  return is_plain_text(text) && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \"(),:;<>[\\]") == std::string_view::npos;
}

bool is_url(std::string_view text) {
  const std::string lower = base::to_lower(text.substr(0, 8));
  const std::size_t begin = lower == "https://" ? 8U : lower.starts_with("http://") ? 7U : 0U;
  if (begin == 0 || begin == text.size() || std::string_view("/?#").find(text[begin]) != std::string_view::npos)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  });
}

/// What is wrong with the value, or nothing.
std::string_view fault_of(CardKind kind, std::string_view value) {
  switch (kind) {
    case CardKind::text:
      return is_plain_text(value) ? "" : "UTF-8 text without control characters";
    case CardKind::phone:
      return parse_phone(value) ? "" : "a telephone number, for example +34 911 111 111 or 911111111 x23";
    case CardKind::mail:
      return is_mail(value) ? "" : "a mail address, user@domain";
    case CardKind::url:
      return is_url(value) ? "" : "a URL that begins with http:// or https://";
  }
  return "a value";
}

}  // namespace

std::span<const CardField> card_fields() { return card_rows; }

const CardField* find_card_field(std::string_view name) {
  const auto at =
      std::find_if(card_rows.begin(), card_rows.end(), [&](const CardField& row) { return row.name == name; });
  return at == card_rows.end() ? nullptr : &*at;
}

std::string_view name_of(CardKind kind) {
  switch (kind) {
    case CardKind::text:
      return "text";
    case CardKind::phone:
      return "phone";
    case CardKind::mail:
      return "mail";
    case CardKind::url:
      return "url";
  }
  return "";
}

Result<void> set_card(Card& card, std::string_view name, std::string_view value) {
  const CardField* field = find_card_field(name);
  if (field == nullptr) return Error{Reason::setting_unknown, std::string(name.substr(0, card_text_octets_max))};
  value = base::trimmed(value);
  const auto refused = [&](const std::string& bounds) {
    return Error{Reason::setting_out_of_bounds, std::string(name) + ": " + bounds};
  };
  if (value.size() > field->octets_max) return refused("at most " + std::to_string(field->octets_max) + " bytes");
  if (!value.empty())
    if (const std::string_view fault = fault_of(field->kind, value); !fault.empty()) return refused(std::string(fault));
  card.*field->value = std::string(value);
  return {};
}

CardPtr shared_card(Card card) {
  if (card == Card{}) return nullptr;
  return std::make_shared<const Card>(std::move(card));
}

std::string tel_uri_of(std::string_view phone) {
  const auto parts = parse_phone(phone);
  if (!parts) return {};
  return "tel:" + parts->digits + (parts->extension.empty() ? "" : ";ext=" + parts->extension);
}

}  // namespace tertulia::domain
