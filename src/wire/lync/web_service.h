// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::lync {

/// What a web service says of itself at `/mex` (WSDL 1.1): one way in.
struct ServiceMetadata {
  std::string service;  ///< "CertProvisioningService"
  std::string port;     ///< name of the way in, which clients look for
  std::string address;  ///< where it is
  std::string tickets;  ///< address of the service whose tickets are wanted; empty: none are
  bool proof = true;    ///< whether the sender must show that he knows the proof key of the ticket
  friend bool operator==(const ServiceMetadata&, const ServiceMetadata&) = default;
};
std::string to_xml(const ServiceMetadata& metadata);
/// Errors: malformed_message, message_too_large.
base::Result<ServiceMetadata> read_service_metadata(std::string_view document);

/// A refusal of a web service (SOAP 1.1, 4.4).
struct ServiceFault {
  bool by_client = true;  ///< whose mistake it is
  std::string text;       ///< for a person
  std::string id;         ///< number of the reason
  friend bool operator==(const ServiceFault&, const ServiceFault&) = default;
};
/// COMPAT(pidgin-sipe 1.25): shows the text at Detail/error/internalerror/text, with a capital D.
std::string to_xml(const ServiceFault& fault);
/// Errors: malformed_message, message_too_large.
base::Result<ServiceFault> read_service_fault(std::string_view document);

}  // namespace tertulia::wire::lync
