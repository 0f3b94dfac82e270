// SPDX-License-Identifier: Apache-2.0
#include "face/web/router.h"

#include <gtest/gtest.h>

#include <optional>

#include "face/web/limits.h"

namespace tertulia::face::web {
namespace {

Response ask(const Router& router, Method method, const std::string& path) {
  Request request;
  request.method = method;
  request.path = path;
  std::optional<Response> got;
  router.serve(request, [&](Response response) { got = std::move(response); });
  return got.value_or(Response{});
}

TEST(Router, gives_requests_to_the_face_of_the_path) {
  Router router;
  EXPECT_TRUE(router.empty());
  router.add(Method::get, "/a", [](const Request&, const Answer& answer) { answer({.body = "got a"}); });
  router.add(Method::post, "/a", [](const Request&, const Answer& answer) { answer({.body = "posted a"}); });
  router.add(Method::post, "/b", [](const Request& request, const Answer& answer) { answer({.body = request.path}); });
  EXPECT_FALSE(router.empty());
  EXPECT_EQ(ask(router, Method::get, "/a").body, "got a");
  EXPECT_EQ(ask(router, Method::head, "/a").body, "got a");
  EXPECT_EQ(ask(router, Method::post, "/a").body, "posted a");
  EXPECT_EQ(ask(router, Method::post, "/b").body, "/b");
}

TEST(Router, says_what_is_not_there) {
  Router router;
  router.add(Method::post, "/b", [](const Request&, const Answer& answer) { answer({}); });
  EXPECT_EQ(ask(router, Method::get, "/c").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/b/").status, 404);
  const Response refused = ask(router, Method::get, "/b");
  EXPECT_EQ(refused.status, 405);
  ASSERT_EQ(refused.headers.size(), 1U);
  EXPECT_EQ(refused.headers[0], (std::pair<std::string, std::string>("Allow", "POST")));
  EXPECT_GT(refused.body.size(), 8U);
}

TEST(Router, gives_what_is_below_a_folder_to_its_face) {
  Router router;
  const auto says = [](const char* word) {
    return [word](const Request&, const Answer& answer) { answer({.body = word}); };
  };
  router.add_below(Method::get, "/meet/", says("any"));
  router.add_below(Method::get, "/meet/x/", says("longer"));
  router.add(Method::get, "/meet/page", says("own"));
  EXPECT_FALSE(router.empty());
  EXPECT_EQ(ask(router, Method::get, "/meet/alice/A1").body, "any");
  EXPECT_EQ(ask(router, Method::get, "/meet/").body, "any");
  EXPECT_EQ(ask(router, Method::get, "/meet/x/y").body, "longer");
  EXPECT_EQ(ask(router, Method::get, "/meet/page").body, "own");
  EXPECT_EQ(ask(router, Method::get, "/meet").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/other/meet/").status, 404);
  EXPECT_EQ(ask(router, Method::get, "").status, 404);
  EXPECT_EQ(ask(router, Method::post, "/meet/a").status, 405);
}

TEST(Router, takes_its_most) {
  Router router;
  for (std::size_t i = 0; i < routes_max; ++i)
    router.add(Method::get, "/" + std::to_string(i), [](const Request&, const Answer& answer) { answer({}); });
  EXPECT_EQ(ask(router, Method::get, "/" + std::to_string(routes_max - 1)).status, 200);
}

TEST(Request, finds_headers_whatever_their_case) {
  Request request;
  request.headers = {{"Authorization", "Basic x"}, {"authorization", "second"}};
  EXPECT_EQ(request.header("AUTHORIZATION"), "Basic x");
  EXPECT_EQ(request.header("Absent"), "");
}

}  // namespace
}  // namespace tertulia::face::web
