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
  /// not_found (404) for another path, method_not_allowed (405, with Allow) for another method.
  void serve(const Request& request, Answer answer) const;
  bool empty() const { return routes_.empty(); }

 private:
  std::map<std::string, std::map<Method, Handler>, std::less<>> routes_;
};

}  // namespace tertulia::face::web
