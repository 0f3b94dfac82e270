// SPDX-License-Identifier: Apache-2.0
#include "face/web_join/join_page.h"

#include <gtest/gtest.h>

#include <optional>

namespace tertulia::face::web_join {
namespace {

struct Site {
  Site() { pages.add_to(router); }
  web::Response get(const std::string& path, const std::string& languages = {}) const {
    web::Request request;
    request.path = path;
    if (!languages.empty()) request.headers.emplace_back("Accept-Language", languages);
    std::optional<web::Response> got;
    router.serve(request, [&](web::Response response) { got = std::move(response); });
    return got.value_or(web::Response{});
  }
  JoinPages pages{"example.com"};
  web::Router router;
};

bool has(const web::Response& response, std::string_view wanted) {
  return response.body.find(wanted) != std::string::npos;
}

TEST(JoinPages, lead_both_kinds_of_clients_in) {
  const Site site;
  for (const char* path :
       {"/meet/alice/54bd7f04", "/meet/alice@example.com/54BD7F04", "/meet/Alice%40example.com/54bd7f04"}) {
    const web::Response page = site.get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_TRUE(has(page, "href=\"conf:sip:alice@example.com;gruu;opaque=app:conf:focus:id:54BD7F04\"")) << page.body;
    EXPECT_TRUE(has(page, "href=\"sip:conference.alice.54bd7f04@example.com\"")) << page.body;
  }
}

TEST(JoinPages, speak_english_and_spanish) {
  const Site site;
  const auto is_spanish = [&](const std::string& languages) {
    return has(site.get("/meet/alice/A1", languages), "lang=\"es\"");
  };
  for (const char* one : {"es", "es-MX,es;q=0.9", "de, es;q=0.5", "en;q=0.4, es;q=0.41", "ES"})
    EXPECT_TRUE(is_spanish(one)) << one;
  for (const char* one :
       {"", "en", "en-GB, es;q=0.9", "de", "es;q=0", "es;q=x", "*, es;q=0.3", "est", "es;q=0.5, en;q=0.5"})
    EXPECT_FALSE(is_spanish(one)) << one;
  EXPECT_TRUE(has(site.get("/meet/alice/A1", "es"), "Entrar en la conferencia"));
}

TEST(JoinPages, know_nothing_of_conferences) {
  const Site site;
  const web::Response page = site.get("/meet/alice/A1");
  const web::Response other = site.get("/meet/nobody@example.org/B2");
  EXPECT_EQ(page.status, other.status);
  EXPECT_EQ(page.headers, other.headers);
}

TEST(JoinPages, what_could_be_no_conference_is_not_there) {
  const Site site;
  for (const char* path : {"/meet/", "/meet/alice", "/meet/alice/", "/meet/alice/A1/x", "/meet//A1",
                           "/meet/alice/a%20b", "/meet/al%ice/A1", "/meet/alice/A1%", "/meet/alice/A1%4",
                           "/meet/al%22%3Eice/A1", "/meet/a%25b@example.com/A1", "/meet/@/A1"})
    EXPECT_EQ(site.get(path).status, 404) << path;
  EXPECT_EQ(site.get("/meet/alice/" + std::string(64, 'a')).status, 200);
  EXPECT_EQ(site.get("/meet/alice/" + std::string(65, 'a')).status, 404);
}

TEST(JoinPages, nothing_of_the_address_is_markup) {
  const Site site;
  const web::Response page = site.get("/meet/a&b'c@example.com/A1");
  if (page.status == 200) {
    EXPECT_TRUE(has(page, "conf:sip:a&amp;b&#39;c@example.com;gruu")) << page.body;
  }
  EXPECT_FALSE(has(page, "a&b'c"));
}

}  // namespace
}  // namespace tertulia::face::web_join
