// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/reason.h"

namespace tertulia::base {

/// What went wrong and where.  `detail` is our own words plus positions, never text of a peer.
struct Error {
  Reason reason = Reason::internal_error;
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

/// A value or the reason why there is none.  Member names follow std::expected; dropping one is a compile error.
template <typename T>
class [[nodiscard]] Result {
 public:
  /// An empty value that is filled where it stands; for those that are costly to move.
  explicit Result(std::in_place_t) : state_(std::in_place_index<0>) {}
  Result(T&& value) : state_(std::in_place_index<0>, std::move(value)) {}       // NOLINT: implicit by design
  Result(const T& value) : state_(std::in_place_index<0>, value) {}             // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}     // NOLINT: implicit by design
  Result(Reason reason) : state_(std::in_place_index<1>, Error{reason, {}}) {}  // NOLINT: implicit by design

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(), *std::get_if<0>(&state_); }
  const T& value() const& { return checked(), *std::get_if<0>(&state_); }
  T&& value() && { return checked(), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    TERTULIA_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  Reason reason() const { return has_value() ? Reason::none : error().reason; }

 private:
  void checked() const { TERTULIA_CHECK(has_value()); }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: implicit by design
  Result(Reason reason) : error_{reason, {}}, failed_(true) {}      // NOLINT: implicit by design

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    TERTULIA_CHECK(failed_);
    return error_;
  }
  Reason reason() const { return failed_ ? error_.reason : Reason::none; }

 private:
  Error error_{Reason::none, {}};
  bool failed_ = false;
};

}  // namespace tertulia::base
