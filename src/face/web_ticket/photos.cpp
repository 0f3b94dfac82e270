// SPDX-License-Identifier: Apache-2.0
#include "face/web_ticket/photos.h"

#include <utility>

#include "base/digest.h"
#include "face/web_ticket/limits.h"

namespace tertulia::face::web_ticket {

using base::Reason;
using web::Answer;
using web::Request;
using web::Response;

namespace {

/// Another picture has another address, so one may be kept as long as one likes; but only by the person who fetched it.
constexpr const char* kept_for_long = "private, max-age=604800, immutable";

/// COMPAT(pidgin-sipe 1.25): the blank makes a picture of no octets; without any text it would take what is in memory.
constexpr std::string_view empty_picture =
    R"(<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>)"
    R"(<GetUserPhotoResponse xmlns="http://schemas.microsoft.com/exchange/services/2006/messages" ResponseClass="Success">)"
    R"(<ResponseCode>NoError</ResponseCode><HasChanged>true</HasChanged><PictureData> </PictureData>)"
    R"(</GetUserPhotoResponse></s:Body></s:Envelope>)";

std::string tag_of(const domain::PhotoMark& mark) { return '"' + mark.hash + '"'; }

/// RFC 9110 13.1.2, in the weak comparison; a hash is in no other tag.
bool knows(std::string_view if_none_match, const domain::PhotoMark& mark) {
  return if_none_match == "*" || if_none_match.find(tag_of(mark)) != std::string_view::npos;
}

Response with_head(int status, const domain::PhotoMark& mark) {
  Response response;
  response.status = status;
  response.content_type = std::string(domain::media_type_of(mark.kind));
  response.headers = {
      {"ETag", tag_of(mark)}, {"Cache-Control", kept_for_long}, {"Content-Security-Policy", "default-src 'none'"}};
  return response;
}

}  // namespace

PhotoService::PhotoService(simple::Context& context, PhotoSource& source, lync::PhotoAddresses photos,
                           PhotoMetrics& metrics)
    : context_(context), source_(source), photos_(std::move(photos)), metrics_(metrics) {}

void PhotoService::add_to(web::Router& router) {
  router.add_below(web::Method::get, lync::photo_folder,
                   [this](const Request& request, const Answer& answer) { on_get(request, answer); });
  router.add(web::Method::post, std::string(lync::photo_folder) + lync::no_photo,
             [](const Request&, const Answer& answer) {
               Response response;
               response.content_type = "text/xml; charset=utf-8";
               response.body = empty_picture;
               response.headers = {{"Cache-Control", "no-store"}};
               answer(std::move(response));
             });
}

/// Null: the name is not that of the picture that this user has now.
const domain::User* PhotoService::owner_of(std::string_view name) const {
  const auto id = lync::user_of_photo_name(name);
  const domain::User* user = id ? context_.directory->find(*id) : nullptr;
  if (user == nullptr || !user->enabled || !user->card || !user->card->photo.has_picture()) return nullptr;
  return base::equal_in_constant_time(lync::photo_name(photos_, *id, user->card->photo), name) ? user : nullptr;
}

void PhotoService::refuse(const Answer& answer, Reason reason) {
  (reason == Reason::not_found ? metrics_.not_found : metrics_.refused).add();
  Response response = Response::refusal(reason);
  response.headers = {{"Cache-Control", "no-store"}};
  answer(std::move(response));
}

void PhotoService::on_get(const Request& request, const Answer& answer) {
  const std::string_view folder = lync::photo_folder;
  const std::string_view path = request.path;
  const domain::User* user =
      request.secure && path.starts_with(folder) ? owner_of(path.substr(folder.size())) : nullptr;
  if (user == nullptr) return refuse(answer, Reason::not_found);
  const domain::PhotoMark mark = user->card->photo;
  if (knows(request.header("If-None-Match"), mark)) {
    metrics_.unchanged.add();
    return answer(with_head(304, mark));
  }
  if (loading_ >= photos_loading_max) return refuse(answer, Reason::server_busy);
  ++loading_;
  source_.load_photo(user->id, [this, mark, answer](const base::Result<domain::PhotoPtr>& photo) {
    --loading_;
    on_loaded(photo, mark, answer);
  });
}

void PhotoService::on_loaded(const base::Result<domain::PhotoPtr>& photo, const domain::PhotoMark& wanted,
                             const Answer& answer) {
  if (!photo) {
    context_.log.debug("a picture could not be read", {{"reason", base::name_of(photo.reason())}});
    return refuse(answer, Reason::server_busy);
  }
  if (*photo == nullptr || (*photo)->mark != wanted) return refuse(answer, Reason::not_found);  // changed meanwhile
  metrics_.served.add();
  context_.log.debug("a picture is served", {{"bytes", (*photo)->bytes.size()}});
  Response response = with_head(200, wanted);
  response.body = (*photo)->bytes;
  answer(std::move(response));
}

}  // namespace tertulia::face::web_ticket
