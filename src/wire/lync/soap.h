// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/xml/document.h"
#include "wire/xml/writer.h"

// For this folder: what the documents of the web services share ([MS-OCAUTHWS], SOAP 1.1, WS-Trust 1.3).

namespace tertulia::wire::lync {

inline constexpr std::string_view soap_namespace = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view saml_namespace = "urn:oasis:names:tc:SAML:1.0:assertion";
inline constexpr std::string_view trust_namespace = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
inline constexpr std::string_view authorization_namespace = "http://schemas.xmlsoap.org/ws/2006/12/authorization";
inline constexpr std::string_view addressing_namespace = "http://www.w3.org/2005/08/addressing";
inline constexpr std::string_view policy_namespace = "http://schemas.xmlsoap.org/ws/2004/09/policy";
inline constexpr std::string_view security_namespace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
inline constexpr std::string_view utility_namespace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
inline constexpr std::string_view signature_namespace = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view services_namespace = "http://schemas.microsoft.com/OCS/AuthWebServices/";
inline constexpr std::string_view uri_claim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri";

/// First element on this way of local names below `from`, whatever their namespaces: clients differ in them.
std::optional<xml::ElementView> below(std::optional<xml::ElementView> from,
                                      std::initializer_list<std::string_view> names);
/// Its text without blanks around; empty when there is no such element.
std::string text_below(std::optional<xml::ElementView> from, std::initializer_list<std::string_view> names);
/// Empty when there is no such element or attribute.  The view lives as long as the document.
std::string_view attribute_of(const std::optional<xml::ElementView>& element, std::string_view name,
                              std::string_view name_space = {});
/// Its text decoded from base64, which may be in lines; nothing when absent or none.
std::optional<std::string> octets_below(std::optional<xml::ElementView> from,
                                        std::initializer_list<std::string_view> names);

/// An envelope.  Errors: malformed_message (also when it is none), message_too_large.
base::Result<xml::Document> read_envelope(std::string_view document);

}  // namespace tertulia::wire::lync
