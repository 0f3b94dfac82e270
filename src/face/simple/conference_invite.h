// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/context.h"
#include "face/simple/sessions.h"

namespace tertulia::face::simple {

/// An INVITE outside of a dialog to a conference or to the factory (RFC 4579 5.1, 5.4): the factory makes one and lets the
/// sender in; a list of people in it is added then (RFC 5366).  False: it is for somebody else.
bool on_conference_invite(Context& context, Sessions& sessions, const Request& request);

/// Whether this address names a conference or the factory, or something that looks like one.
bool names_conference(const Context& context, const wire::sip::Uri& target);

}  // namespace tertulia::face::simple
