// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tertulia::base {

/// Reports a broken promise of our own code and ends the process.  Never reached by anything a peer can send.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace tertulia::base

/// For what only our own bug can cause; on in every build.
#define TERTULIA_CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::tertulia::base::check_failed(#condition, __FILE__, __LINE__))

#if defined(__clang__)
#define TERTULIA_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define TERTULIA_LIFETIMEBOUND
#endif
