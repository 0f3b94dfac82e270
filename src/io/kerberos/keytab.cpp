// SPDX-License-Identifier: Apache-2.0
#include "io/kerberos/keytab.h"

#include <fcntl.h>
#include <krb5.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <type_traits>

#include "base/text.h"
#include "io/kerberos/limits.h"

namespace tertulia::io {

using base::Error;
using base::Reason;
using base::Result;

namespace {

struct FreesContext {
  void operator()(krb5_context context) const { krb5_free_context(context); }
};
using Context = std::unique_ptr<std::remove_pointer_t<krb5_context>, FreesContext>;

struct ClosesKeytab {
  krb5_context context;
  void operator()(krb5_keytab keytab) const { krb5_kt_close(context, keytab); }
};
using Keytab = std::unique_ptr<std::remove_pointer_t<krb5_keytab>, ClosesKeytab>;

/// Ends the reading, which holds a lock on the file.
class Cursor {
 public:
  Cursor(krb5_context context, krb5_keytab keytab) : context_(context), keytab_(keytab) {
    trouble_ = krb5_kt_start_seq_get(context_, keytab_, &cursor_);
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() {
    if (trouble_ == 0) krb5_kt_end_seq_get(context_, keytab_, &cursor_);
  }
  krb5_error_code trouble() const { return trouble_; }
  krb5_error_code next(krb5_keytab_entry& entry) { return krb5_kt_next_entry(context_, keytab_, &entry, &cursor_); }

 private:
  krb5_context context_;
  krb5_keytab keytab_;
  krb5_kt_cursor cursor_{};
  krb5_error_code trouble_ = 0;
};

Error unusable(krb5_context context, krb5_error_code code, const std::string& path) {
  const char* said = krb5_get_error_message(context, code);
  Error error{Reason::keytab_unusable, path + ": " + std::string(said)};
  krb5_free_error_message(context, said);
  return error;
}

KeytabKey facts_of(krb5_context context, const krb5_keytab_entry& entry) {
  KeytabKey key;
  key.version = entry.vno;
  char* name = nullptr;
  if (krb5_unparse_name(context, entry.principal, &name) == 0) {
    key.principal = name;
    krb5_free_unparsed_name(context, name);
  }
  std::array<char, 100> text{};
  if (krb5_enctype_to_name(entry.key.enctype, false, text.data(), text.size()) == 0) key.encryption = text.data();
  return key;
}

}  // namespace

Result<std::vector<KeytabKey>> read_keytab(const std::string& path) {
  // The library says the same of a file that is not there and of one that it may not read.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return Error{Reason::file_unreadable, path + ": " + std::error_code(errno, std::generic_category()).message()};
  ::close(file);
  krb5_context made = nullptr;
  if (const krb5_error_code code = krb5_init_context(&made); code != 0) return unusable(nullptr, code, "krb5.conf");
  const Context context(made);
  krb5_keytab opened = nullptr;
  if (const krb5_error_code code = krb5_kt_resolve(made, ("FILE:" + path).c_str(), &opened); code != 0)
    return unusable(made, code, path);
  const Keytab keytab(opened, ClosesKeytab{made});
  Cursor cursor(made, opened);
  if (cursor.trouble() != 0) return unusable(made, cursor.trouble(), path);
  std::vector<KeytabKey> keys;
  while (true) {
    krb5_keytab_entry entry;
    const krb5_error_code code = cursor.next(entry);
    if (code == KRB5_KT_END) return keys;
    if (code != 0) return unusable(made, code, path);
    keys.push_back(facts_of(made, entry));
    krb5_free_keytab_entry_contents(made, &entry);
    if (keys.size() > keytab_keys_max)
      return Error{Reason::keytab_unusable, path + ": more than " + std::to_string(keytab_keys_max) + " keys"};
  }
}

bool is_service(std::string_view principal, std::string_view service) {
  const std::size_t realm = principal.rfind('@'), slash = service.find('/');
  if (realm == std::string_view::npos || slash == std::string_view::npos) return false;
  const std::string_view name = principal.substr(0, realm);
  return name.substr(0, slash) == service.substr(0, slash) && base::equal_ignoring_case(name, service);
}

}  // namespace tertulia::io
