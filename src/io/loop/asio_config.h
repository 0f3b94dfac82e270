// SPDX-License-Identifier: Apache-2.0
#pragma once

// Seen before asio by every source file that uses it, through loop.h: all must have the same configuration.
//
// The thread sanitizer does not understand stand-alone fences (g++ says so and stops).  They add nothing here: one
// thread runs each loop, and what other threads post passes the scheduler's mutex.
#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#endif
#endif
