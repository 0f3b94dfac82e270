// SPDX-License-Identifier: Apache-2.0
#include "face/web/router.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "face/web/limits.h"

namespace tertulia::face::web {

using base::Reason;

std::string_view Request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& field) { return base::equal_ignoring_case(field.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Response Response::refusal(base::Reason reason, int status) {
  Response response;
  response.status = status != 0 ? status : base::status_of(reason);
  response.body = std::string(base::text_of(reason)) + '\n';
  return response;
}

void Router::add(Method method, std::string path, Handler handler) {
  TERTULIA_CHECK(routes_.size() + folders_.size() < routes_max);
  const bool fresh = routes_[std::move(path)].emplace(method, std::move(handler)).second;
  TERTULIA_CHECK(fresh);
}

void Router::add_below(Method method, std::string folder, Handler handler) {
  TERTULIA_CHECK(folder.ends_with('/') && routes_.size() + folders_.size() < routes_max);
  const bool fresh = folders_[std::move(folder)].emplace(method, std::move(handler)).second;
  TERTULIA_CHECK(fresh);
}

const Router::Handlers* Router::find(std::string_view path) const {
  if (const auto found = routes_.find(path); found != routes_.end()) return &found->second;
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    if (const auto found = folders_.find(path.substr(0, slash + 1)); found != folders_.end()) return &found->second;
  }
  return nullptr;
}

void Router::serve(const Request& request, Answer answer) const {
  const Handlers* found = find(request.path);
  if (found == nullptr) return answer(Response::refusal(Reason::not_found));
  const Method method = request.method == Method::head ? Method::get : request.method;
  if (const auto handler = found->find(method); handler != found->end())
    return handler->second(request, std::move(answer));
  Response response = Response::refusal(Reason::method_not_allowed);
  std::string allowed;
  for (const auto& [known, handler] : *found)
    allowed.append(allowed.empty() ? "" : ", ").append(known == Method::post ? "POST" : "GET, HEAD");
  response.headers.emplace_back("Allow", allowed);
  answer(std::move(response));
}

}  // namespace tertulia::face::web
