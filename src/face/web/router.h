// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "face/web/request.h"

namespace tertulia::face::web {

/// Which face answers which path; the faces of a shard register here.  Thread: that of the shard.
class Router {
 public:
  /// Before the first request; a path and method only once, at most routes_max.  GET answers HEAD as well.
  void add(Method method, std::string path, Handler handler);
  /// The same for all paths that begin with `folder`, which ends in `/`; a path of its own goes before, a longer folder
  /// before a shorter one.
  void add_below(Method method, std::string folder, Handler handler);
  /// not_found (404) for another path, method_not_allowed (405, with Allow) for another method.
  void serve(const Request& request, Answer answer) const;
  bool empty() const { return routes_.empty() && folders_.empty(); }

 private:
  using Handlers = std::map<Method, Handler>;
  const Handlers* find(std::string_view path) const;
  std::map<std::string, Handlers, std::less<>> routes_;
  std::map<std::string, Handlers, std::less<>> folders_;
};

}  // namespace tertulia::face::web
