// SPDX-License-Identifier: Apache-2.0
// Who knows the address of a picture gets it; everybody else learns nothing.
#include "face/web_ticket/photos.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>

#include "face/lync/lync_script.h"
#include "face/web_ticket/limits.h"

namespace tertulia::face::web_ticket {
namespace {

using base::Reason;
using lync::lync_script::LyncScript;

struct PhotoSourceDouble final : PhotoSource {
  std::map<base::UserId, domain::PhotoPtr> photos;
  std::deque<std::pair<base::UserId, Done>> asked;
  bool down = false;
  void load_photo(base::UserId user, Done done) override { asked.emplace_back(user, std::move(done)); }
  void answer_all() {
    while (!asked.empty()) {
      auto [user, done] = std::move(asked.front());
      asked.pop_front();
      if (down) {
        done(Reason::store_unavailable);
      } else {
        done(photos[user]);
      }
    }
  }
};

struct PhotoServiceTest : ::testing::Test {
  LyncScript script;
  PhotoSourceDouble source;
  lync::PhotoAddresses addresses{"https://fe1.example.com/photos/", "secret"};
  PhotoMetrics metrics;
  PhotoService service{script.face.context(), source, addresses, metrics};
  web::Router router;

  void SetUp() override {
    service.add_to(router);
    set(picture("aa", "\xff\xd8 one"));
  }
  static domain::PhotoPtr picture(const std::string& hash, const std::string& bytes) {
    return std::make_shared<const domain::Photo>(domain::Photo{{domain::PhotoKind::jpeg, hash}, bytes});
  }
  /// Bob's.
  void set(const domain::PhotoPtr& photo, bool enabled = true) {
    source.photos[base::UserId{2}] = photo;
    domain::User bob = script.user(2);
    domain::Card card;
    card.photo = photo->mark;
    bob.card = domain::shared_card(card);
    bob.enabled = enabled;
    script.change(bob);
  }
  std::string path() {
    return lync::photo_folder + lync::photo_name(addresses, base::UserId{2}, source.photos[base::UserId{2}]->mark);
  }
  std::shared_ptr<std::optional<web::Response>> begin(const std::string& path, const std::string& known = {},
                                                      web::Method method = web::Method::get, bool secure = true) {
    web::Request request{method, path, {}, {}, {}, "192.0.2.7", secure, script.now};
    if (!known.empty()) request.headers.emplace_back("If-None-Match", known);
    auto got = std::make_shared<std::optional<web::Response>>();
    router.serve(request, [got](web::Response response) { *got = std::move(response); });
    return got;
  }
  template <typename... Rest>
  web::Response ask(const std::string& path, Rest... rest) {
    const auto got = begin(path, rest...);
    source.answer_all();
    return got->value_or(web::Response{});
  }
  static std::string header(const web::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
};

TEST_F(PhotoServiceTest, whoever_was_told_the_address_gets_the_picture) {
  const web::Response answer = ask(path());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "image/jpeg");
  EXPECT_EQ(answer.body, "\xff\xd8 one");
  EXPECT_EQ(header(answer, "ETag"), "\"aa\"");
  EXPECT_EQ(header(answer, "Cache-Control"), "private, max-age=604800, immutable");
  EXPECT_EQ(ask(path(), "", web::Method::head).status, 200);
  EXPECT_EQ(metrics.served.value(), 2U);
}

TEST_F(PhotoServiceTest, who_has_it_is_told_so_without_a_look_into_the_store) {
  for (const char* known : {"\"aa\"", "W/\"aa\"", "\"x\", \"aa\"", "*"}) {
    const auto answer = begin(path(), known);
    ASSERT_TRUE(answer->has_value()) << known;
    EXPECT_EQ((*answer)->status, 304);
    EXPECT_EQ((*answer)->body, "");
    EXPECT_EQ(header(**answer, "ETag"), "\"aa\"");
  }
  EXPECT_EQ(ask(path(), "\"bb\"").status, 200);
  EXPECT_EQ(metrics.unchanged.value(), 4U);
}

TEST_F(PhotoServiceTest, a_wrong_address_looks_the_same_whatever_is_wrong) {
  const std::string right = path();
  const std::string folder = lync::photo_folder;
  const web::Response nobody = ask(folder + "999-" + right.substr(right.find('-') + 1));
  EXPECT_EQ(nobody.status, 404);
  std::string turned = right;
  turned.back() = turned.back() == '0' ? '1' : '0';
  for (const std::string& wrong :
       {turned, right + "0", right.substr(0, right.size() - 1), right + "/", right + "/x", folder, folder + "2-",
        folder + "2", folder + "1-" + right.substr(right.find('-') + 1), folder + "02" + right.substr(right.find('-')),
        folder + std::string(9000, 'a'), folder + "../etc/passwd"}) {
    const web::Response answer = ask(wrong);
    EXPECT_EQ(answer.status, 404) << wrong;
    EXPECT_EQ(answer.body, nobody.body) << wrong;
    EXPECT_EQ(answer.headers, nobody.headers) << wrong;
  }
  EXPECT_EQ(ask(right, "", web::Method::get, false).status, 404) << "only over TLS";
  EXPECT_EQ(ask(turned, "*").status, 404);
  EXPECT_EQ(metrics.served.value(), 0U);
  EXPECT_EQ(metrics.not_found.value(), 15U);
}

TEST_F(PhotoServiceTest, another_picture_has_another_address_and_none_has_none) {
  const std::string old = path();
  set(picture("bb", "two"));
  EXPECT_EQ(ask(old).status, 404);
  EXPECT_EQ(ask(path()).body, "two");
  const std::string newer = path();
  set(picture("bb", "two"), false);
  EXPECT_EQ(ask(newer).status, 404) << "disabled";
  set(domain::cleared_photo());
  EXPECT_EQ(ask(newer).status, 404);
  EXPECT_EQ(ask(path()).status, 404);
}

TEST_F(PhotoServiceTest, what_changes_while_it_is_read_is_not_told_under_the_old_name) {
  const auto got = begin(path());
  source.photos[base::UserId{2}] = picture("cc", "three");
  source.answer_all();
  EXPECT_EQ((*got)->status, 404);
  source.photos[base::UserId{2}] = picture("aa", "one");
  source.down = true;
  EXPECT_EQ(ask(path()).status, 503);
  EXPECT_EQ(metrics.refused.value(), 1U);
}

TEST_F(PhotoServiceTest, only_so_many_are_read_at_once) {
  for (std::size_t i = 0; i < photos_loading_max; ++i) EXPECT_FALSE(begin(path())->has_value());
  EXPECT_EQ((*begin(path()))->status, 503);
  source.answer_all();
  EXPECT_EQ(ask(path()).status, 200);
}

TEST_F(PhotoServiceTest, a_client_that_asks_for_a_picture_that_was_taken_away_gets_an_empty_one) {
  const web::Response answer = ask("/photos/none", "", web::Method::post);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("<PictureData> </PictureData>"), std::string::npos);
  EXPECT_EQ(ask("/photos/other", "", web::Method::post).status, 405);
}

}  // namespace
}  // namespace tertulia::face::web_ticket
