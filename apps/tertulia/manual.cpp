// SPDX-License-Identifier: Apache-2.0
// tertulia manual: the manual page, from the grammar and the table of settings.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "commands.h"
#include "domain/directory/card.h"
#include "grammar.h"
#include "output.h"
#include "server/settings.h"

namespace tertulia::app {
namespace {

struct Line {
  std::string_view term;      ///< as typed; not translated
  std::string_view sentence;  ///< English, see tr
};

constexpr std::array exit_statuses{
    Line{"0", "Done."},
    Line{"1", "The command could not be carried out."},
    Line{"2", "The words of the command are not right."},
    Line{"3", "There is no such user, record or file."},
    Line{"4", "The command needs a running server."},
    Line{"5", "Refused: there is a conflict, a value is out of bounds, or something is not permitted."},
    Line{"6", "health and doctor: something is not well."},
};

constexpr std::array files{
    Line{"tertulia.toml", "Configuration; every setting stands in it with its default."},
    Line{"tertulia.db", "Store: users, messages that wait, call detail records."},
    Line{"keys/secret.key", "Key of the stored password digests.  Keep a copy apart from copies of the store."},
    Line{"keys/ca-key.pem", "Key of the own certificate authority."},
    Line{"tls/ca.pem", "Own certificate authority, for clients to trust."},
    Line{"tls/server.pem, tls/server-key.pem", "Server certificate and its key."},
    Line{"admin.sock", "Socket on which a running server takes commands; its permissions decide who may."},
};

constexpr std::array environment{
    Line{"LC_ALL, LC_MESSAGES, LANG",
         "The first that is set chooses the language: Spanish when it begins with es, else English."},
    Line{"NOTIFY_SOCKET", "Set by systemd; serve tells there when it is ready and when it stops."},
};

constexpr std::array signals{
    Line{"SIGHUP", "Read certificate and configuration again; no connection is dropped."},
    Line{"SIGTERM, SIGINT", "Stop in order: refuse new work, end conversations with their records, write everything."},
};

constexpr std::array examples{
    Line{"tertulia init --data /var/lib/tertulia --domain example.com --host sip.example.com", "Make a data folder."},
    Line{"tertulia user add alice@example.com --name Alice --password-stdin --data /var/lib/tertulia",
         "Add a user; the password is the first line of standard input."},
    Line{"tertulia serve --data /var/lib/tertulia", "Serve."},
    Line{"tertulia user set bob@example.com offline_messages=off --data /var/lib/tertulia",
         "Change a policy setting of one user."},
    Line{"tertulia cdr export sessions --from 2026-03-01 --format csv --output march.csv --data /var/lib/tertulia",
         "Write call detail records into a file."},
    Line{"tertulia completion bash > /etc/bash_completion.d/tertulia", "Install shell completion."},
};

/// Text of a page: no line of it may begin as a request, and a backslash is a backslash.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

class Page {
 public:
  explicit Page(base::Language language) : language_(language) {}

  void section(std::string_view title) { text_ += fmt::format(".SH {}\n", tr(language_, title)); }
  void subsection(std::string_view title) { text_ += fmt::format(".SS {}\n", roff(title)); }
  void paragraph(std::string_view sentence) { text_ += fmt::format(".PP\n{}\n", roff(tr(language_, sentence))); }
  void raw(std::string_view text) { text_ += text; }
  /// A term and what it means; `meaning` is already in the language of the page.
  void item(std::string_view term, std::string_view meaning) {
    text_ += fmt::format(".TP\n.B \"{}\"\n{}\n", roff(term), roff(meaning));
  }
  template <std::size_t count>
  void items(const std::array<Line, count>& lines) {
    for (const Line& line : lines) item(line.term, tr(language_, line.sentence));
  }
  std::string finish() { return std::move(text_); }
  base::Language language() const { return language_; }

 private:
  base::Language language_;
  std::string text_;
};

std::string value_of(const OptionFacts& option) {
  if (!option.takes_value) return "";
  return " " + (option.choices.empty() ? std::string("VALUE") : fmt::format("{}", fmt::join(option.choices, "|")));
}

std::string synopsis_of(const CommandFacts& command) {
  std::string line = fmt::format("tertulia {}", fmt::join(command.words, " "));
  for (const OptionFacts& option : command.options)
    if (option.positional)
      line +=
          (option.required ? " " : " [") + option.name + (option.repeated ? "..." : "") + (option.required ? "" : "]");
  return line;
}

/// Options that nearly every command has; told once.
bool is_common(const OptionFacts& option) {
  constexpr std::array<std::string_view, 4> common{"--help", "--data", "--json", "--language"};
  return std::find(common.begin(), common.end(), option.name) != common.end();
}

void add_option(Page& page, const OptionFacts& option) {
  page.item(
      (option.positional ? option.name : option.name + value_of(option)) +
          (option.positional && !option.choices.empty() ? fmt::format(" {}", fmt::join(option.choices, "|")) : ""),
      option.description);
}

void add_commands(Page& page, const std::vector<CommandFacts>& all) {
  page.section("COMMANDS");
  for (const CommandFacts& command : all) {
    if (command.group || command.words.empty()) continue;
    page.item(synopsis_of(command), command.description + ".");
    if (std::all_of(command.options.begin(), command.options.end(), is_common)) continue;
    page.raw(".RS\n");
    for (const OptionFacts& option : command.options)
      if (!is_common(option)) add_option(page, option);
    page.raw(".RE\n");
  }
  page.section("OPTIONS OF ALL COMMANDS");
  const auto widest = std::find_if(all.begin(), all.end(), [](const CommandFacts& command) {
    return std::count_if(command.options.begin(), command.options.end(), is_common) == 4;
  });
  if (widest == all.end()) return;
  for (const OptionFacts& option : widest->options)
    if (is_common(option)) add_option(page, option);
}

void add_settings(Page& page) {
  page.section("SETTINGS");
  page.paragraph(
      "The configuration file is TOML.  Each setting stands in the section before its dot.  Those of section policy "
      "are "
      "also set for one user with tertulia user set.");
  const bool spanish = page.language() == base::Language::spanish;
  const server::ServerSettings standard;
  std::string section;
  for (const server::Setting& setting : server::all_settings()) {
    const std::string here = setting.name.substr(0, setting.name.rfind('.'));
    if (std::exchange(section, here) != here) page.subsection("[" + here + "]");
    std::string text(spanish ? setting.sentence_es : setting.sentence);
    std::string value = setting.get(standard);
    if (setting.kind == "number") {
      text += fmt::format(fmt::runtime(tr(page.language(), "  {} to {} {}, default {}.")), setting.min, setting.max,
                          server::word_of(setting.unit, page.language()), value);
    } else {
      if (value.empty()) value = tr(page.language(), "empty");
      text += fmt::format(fmt::runtime(tr(page.language(), "  Kind {}, default {}.")),
                          server::word_of(setting.kind, page.language()), value);
    }
    text += tr(page.language(), setting.live ? "  Taken over by a reload." : "  Taken over at the next start.");
    page.item(setting.name, text);
  }
}

void add_card_fields(Page& page) {
  page.section("CONTACT CARD");
  page.paragraph(
      "What tertulia user card sets: what others see on the card of a user, and by which they find him.  A telephone "
      "number "
      "stays as it was typed.");
  const bool spanish = page.language() == base::Language::spanish;
  for (const domain::CardField& field : domain::card_fields()) {
    std::string text(spanish ? field.sentence_es : field.sentence);
    text += fmt::format(fmt::runtime(tr(page.language(), "  Kind {}, at most {} bytes.")), domain::name_of(field.kind),
                        field.octets_max);
    page.item(field.name, text);
  }
}

}  // namespace

std::string manual_page(base::Language language) {
  const std::vector<CommandFacts> all = grammar(language);
  Page page(language);
  // Made by `tertulia manual`; no date in it, so that it changes only when the program does.
  page.raw(".\\\" SPDX-License-Identifier: Apache-2.0\n");
  page.raw(
      fmt::format(".TH TERTULIA 1 \"\" \"Tertulia {}\" \"{}\"\n", TERTULIA_VERSION, tr(language, "User Commands")));
  page.section("NAME");
  page.raw(fmt::format("tertulia \\- {}\n", roff(tr(language, "a unified communications front end"))));
  page.section("SYNOPSIS");
  page.raw(fmt::format(".B tertulia\n.I {}\n[{}]\n", tr(language, "command"), tr(language, "options")));
  page.section("DESCRIPTION");
  page.paragraph(
      "One program that serves SIP clients over TLS: sign-in, instant messages through the IM "
      "multipoint control unit, call detail records; and the commands to look after it.  All commands but serve also "
      "work "
      "while a server runs: they ask it over the socket in the data folder, and a change is effective at once.");
  add_commands(page, all);
  add_settings(page);
  add_card_fields(page);
  page.section("EXIT STATUS");
  page.items(exit_statuses);
  page.section("SIGNALS");
  page.items(signals);
  page.section("FILES");
  page.paragraph("All below the data folder:");
  page.items(files);
  page.section("ENVIRONMENT");
  page.items(environment);
  page.section("EXAMPLES");
  page.items(examples);
  return page.finish();
}

Exit run_manual(const Arguments& arguments) {
  const std::string page = manual_page(arguments.common.language);
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? Exit::done : Exit::failed;
}

}  // namespace tertulia::app
