// SPDX-License-Identifier: Apache-2.0
// The grammar of the command line.  CLI11 stays in this file.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "commands.h"
#include "domain/directory/card.h"
#include "grammar.h"
#include "output.h"

namespace tertulia::app {
namespace {

/// What CLI11 knows about an option.  The words of CLI::IsMember stand between braces in its type name.
OptionFacts facts_of(const CLI::Option& option) {
  OptionFacts facts;
  facts.positional = option.get_positional();
  facts.name = facts.positional ? option.get_name(true) : "--" + option.get_lnames().front();
  facts.required = option.get_required();
  facts.takes_value = option.get_items_expected_max() > 0;
  facts.repeated = option.get_items_expected_max() > 1;
  facts.description = option.get_description();
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{'), close = type.find('}');
  if (open != std::string::npos && close != std::string::npos && open < close)
    facts.choices = CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
  return facts;
}

void collect(const CLI::App& app, const std::vector<std::string>& words, std::vector<CommandFacts>& out) {
  CommandFacts facts{words, app.get_require_subcommand_min() > 0, app.get_description(), {}};
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional() || !option->get_lnames().empty()) facts.options.push_back(facts_of(*option));
  out.push_back(std::move(facts));
  for (const CLI::App* sub : app.get_subcommands(std::function<bool(const CLI::App*)>{})) {
    std::vector<std::string> below = words;
    below.push_back(sub->get_name());
    collect(*sub, below, out);
  }
}

/// Builds the subcommands over one Arguments object and remembers what to run.
class Grammar {
 public:
  explicit Grammar(base::Language language) : app_("", "tertulia") {
    arguments_.common.language = language;
    app_.description(std::string(tr(language, "Tertulia: a unified communications front end")));
    app_.option_defaults()->group(std::string(tr(language, "Options")));
    app_.set_help_flag("-h,--help", std::string(tr(language, "Print this help and end")));
    app_.require_subcommand(1);
    app_.set_version_flag("--version", TERTULIA_VERSION, std::string(tr(language, "Print the version and end")));
    app_.option_defaults()->always_capture_default(false);
    this->language(&app_);
    for (const char* label : {"Usage", "OPTIONS", "Positionals", "SUBCOMMAND", "REQUIRED", "Excludes", "UINT"})
      app_.get_formatter()->label(label, std::string(tr(language, label)));
    add_server();
    add_users();
    add_presence();
    add_contacts();
    add_looking();
    add_records();
    add_words();
  }

  std::vector<CommandFacts> facts() const {
    std::vector<CommandFacts> all;
    collect(app_, {}, all);
    return all;
  }

  int run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
      split(settings_, "SETTING=VALUE", arguments_.settings);
      split(card_, "FIELD=VALUE", arguments_.card);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app_.exit(error);  // help, version
      return refuse(argc, argv, error);
    }
    try {  // the standard library tells of folders that may not be entered by exception
      return static_cast<int>(run_(arguments_));
    } catch (const std::filesystem::filesystem_error& error) {
      const bool denied = error.code() == std::errc::permission_denied;
      return static_cast<int>(
          report(arguments_.common,
                 {denied ? base::Reason::permission_denied : base::Reason::file_unreadable, error.path1().string()}));
    }
  }

 private:
  /// Wrong words, told like every other error.  Parsing may have stopped before --json was read.
  int refuse(int argc, const char* const* argv, const CLI::ParseError& error) {
    Common common = arguments_.common;
    for (int i = 1; i < argc; ++i) common.json = common.json || std::string_view(argv[i]) == "--json";
    std::string detail = error.what();
    const std::vector<std::string> unknown = app_.remaining(true);
    if (error.get_name() == "RequiredError" && !unknown.empty() && !unknown.front().starts_with('-') &&
        detail.find("subcommand") != std::string::npos)
      detail = unknown.front() + ": there is no command of this name";
    report(common, {base::Reason::command_malformed, detail});
    if (!common.json)
      std::fprintf(stderr, "%s\n",
                   std::string(tr(common.language, "Run it with --help to see what may stand.")).c_str());
    return static_cast<int>(Exit::usage);
  }

  /// CLI11 writes the titles of help; those of a subcommand are its own.
  void titled(CLI::App* sub) {
    sub->group(std::string(tr(arguments_.common.language, "Subcommands")));
    sub->get_help_ptr()->group(std::string(tr(arguments_.common.language, "Options")));
  }
  CLI::Option* typed(CLI::Option* option) {
    if (option->get_type_name() == "TEXT") option->type_name(std::string(tr(arguments_.common.language, "TEXT")));
    return option;
  }

  CLI::App* command(CLI::App* parent, const std::string& name, const std::string& description, Run run) {
    CLI::App* sub = parent->add_subcommand(name, std::string(tr(arguments_.common.language, description)));
    titled(sub);
    sub->callback([this, run = std::move(run)] { run_ = run; });
    common(sub);
    return sub;
  }
  /// A command that needs no data folder.
  CLI::App* word(const std::string& name, const std::string& description, Run run) {
    CLI::App* sub = app_.add_subcommand(name, std::string(tr(arguments_.common.language, description)));
    titled(sub);
    sub->callback([this, run = std::move(run)] { run_ = run; });
    language(sub);
    return sub;
  }
  CLI::App* group(const std::string& name, const std::string& description) {
    CLI::App* sub = app_.add_subcommand(name, std::string(tr(arguments_.common.language, description)));
    titled(sub);
    sub->require_subcommand(1);
    return sub;
  }
  void common(CLI::App* sub) {
    option(sub, "--data", arguments_.common.data, "Data folder (default ./var)");
    json(sub);
    language(sub);
  }
  void json(CLI::App* sub) {
    sub->add_flag("--json", arguments_.common.json, std::string(tr(arguments_.common.language, "Answer as JSON")));
  }
  void language(CLI::App* sub) {
    typed(sub->add_option_function<std::string>(
              "--language",
              [this](const std::string& text) {
                arguments_.common.language = text == "es" ? base::Language::spanish : base::Language::english;
              },
              std::string(tr(arguments_.common.language, "Language of texts: en or es (default: of the environment)"))))
        ->check(CLI::IsMember({"en", "es"}));
  }
  template <typename Value>
  CLI::Option* option(CLI::App* sub, const std::string& name, Value& value, std::string_view description) {
    return typed(sub->add_option(name, value, std::string(tr(arguments_.common.language, description))));
  }
  void address(CLI::App* sub) { option(sub, "ADDRESS", arguments_.address, "User, as user@domain")->required(); }
  void password(CLI::App* sub) {
    sub->add_flag(
        "--password-stdin", arguments_.password_stdin,
        std::string(tr(arguments_.common.language, "Read the password from the first line of standard input")));
  }

  void add_server() {
    CLI::App* init = command(&app_, "init", "Make a data folder: store, keys, certificates, configuration", run_init);
    option(init, "--domain", arguments_.domain, "SIP domain whose users live here")->required();
    option(init, "--host", arguments_.hosts, "Name or address by which clients reach this machine (may be repeated)");
    init->add_flag("--new-key", arguments_.new_key,
                   std::string(tr(arguments_.common.language,
                                  "Make a key in place of a lost one; every password must be set anew")));
    CLI::App* serve =
        command(&app_, "serve", "Serve until SIGTERM; SIGHUP reads certificate and configuration again", run_serve);
    option(serve, "--config", arguments_.configuration, "Configuration file (default: the data folder's)");
    option(serve, "--sip-tls", arguments_.sip_tls,
           "ADDRESS:PORT for SIP over TLS (may be repeated; port 0: any free one)");
    option(serve, "--sip-tcp", arguments_.sip_tcp, "ADDRESS:PORT for SIP over plain TCP (off by default)");
    option(serve, "--http", arguments_.http, "ADDRESS:PORT of health and metrics");
    option(serve, "--web", arguments_.web, "ADDRESS:PORT of the web services (may be repeated; port 0: any free one)");
    CLI::App* check =
        command(&app_, "check-config", "Read the configuration and say what is wrong with it", run_check_config);
    option(check, "--config", arguments_.configuration, "Configuration file (default: the data folder's)");
    command(&app_, "reload", "Have a running server read certificate and configuration again", run_reload);
  }

  void add_users() {
    CLI::App* users = group("user", "Add, show and change users");
    CLI::App* add = command(users, "add", "Add a user", run_user_add);
    address(add);
    option(add, "--name", arguments_.name, "Display name");
    password(add);
    command(users, "list", "List all users", run_user_list);
    address(command(users, "show", "Show a user with devices and settings", run_user_show));
    CLI::App* set = command(users, "set", "Change name, settings and block list of a user", run_user_set);
    address(set);
    option(set, "SETTING=VALUE", settings_, "Policy setting of this user, for example offline_messages=off");
    option(set, "--name", arguments_.new_name, "Display name");
    option(set, "--unset", arguments_.unset, "Setting that follows the global policy again");
    option(set, "--block", arguments_.block, "Address that may not reach this user");
    option(set, "--unblock", arguments_.unblock, "Address that may reach this user again");
    add_card(users);
    CLI::App* photo = command(users, "photo", "Show which photo of a user there is, or change it", run_user_photo);
    address(photo);
    CLI::Option* fresh = option(photo, "--set", arguments_.photo, "JPEG or PNG file with the photo");
    CLI::Option* cleared = photo->add_flag("--clear", arguments_.clear_photo,
                                           std::string(tr(arguments_.common.language, "Take the photo away")));
    option(photo, "--save", arguments_.photo_copy, "New file for a copy of the photo")
        ->excludes(fresh)
        ->excludes(cleared);
    cleared->excludes(fresh);
    CLI::App* change = command(users, "password", "Change a user's password", run_user_password);
    address(change);
    password(change);
    address(command(users, "disable", "Take a user out of service and end his connections", run_user_disable));
    address(command(users, "enable", "Put a user back into service", run_user_enable));
    address(command(users, "remove", "Remove a user with the messages that wait for him", run_user_remove));
  }

  void add_card(CLI::App* users) {
    CLI::App* card = command(users, "card", "Show the contact card of a user, or change it", run_user_card);
    address(card);
    // One value each, so that the address may stand behind them.
    option(card, "--set", card_, "FIELD=VALUE of the card, for example title=Engineer (may be repeated)")
        ->allow_extra_args(false);
    std::vector<std::string> names;
    std::string reference(tr(arguments_.common.language, "Fields of a contact card:"));
    const bool spanish = arguments_.common.language == base::Language::spanish;
    for (const domain::CardField& field : domain::card_fields()) {
      names.emplace_back(field.name);
      const std::string blanks(field.name.size() < 14 ? 14 - field.name.size() : 1, ' ');
      reference += "\n  " + names.back() + blanks + std::string(spanish ? field.sentence_es : field.sentence);
    }
    option(card, "--clear", arguments_.clear, "Field of the card to empty (may be repeated)")
        ->allow_extra_args(false)
        ->check(CLI::IsMember(names));
    card->footer(reference);
  }

  void add_presence() {
    CLI::App* presence = group("presence", "Look at the presence of users and set it");
    CLI::App* show = command(presence, "show", "Show what somebody sees of a user", run_presence_show);
    address(show);
    option(show, "--for", arguments_.watcher, "Who looks (default: the user himself)");
    CLI::App* set = command(presence, "set", "Pick a state or a note in the name of a user", run_presence_set);
    address(set);
    option(set, "--state", arguments_.state, "State as picked by hand; reset: by devices, calls and calendar again")
        ->check(CLI::IsMember(
            {"online", "busy", "do-not-disturb", "be-right-back", "away", "off-work", "offline", "reset"}));
    option(set, "--note", arguments_.note, "Note that others see; empty removes it");
    CLI::App* levels = group("level", "Who sees how much of a user");
    address(command(levels, "list", "List the members of a user's privacy levels", run_level_list));
    CLI::App* put = command(levels, "set", "Put somebody into a privacy level of a user", run_level_set);
    address(put);
    option(put, "MEMBER", arguments_.contact,
           "user@domain, a domain, or same-enterprise, federated, public-cloud, everyone")
        ->required();
    option(put, "LEVEL", arguments_.level, "Privacy level; none takes the member out of every level")
        ->required()
        ->check(CLI::IsMember({"external", "colleagues", "workgroup", "friends", "blocked", "none"}));
  }

  void add_contacts() {
    CLI::App* contacts = group("contacts", "Look at the contact lists of users and change them");
    address(command(contacts, "list", "List the contacts of a user", run_contacts_list));
    for (const auto& [name, description, run] :
         {std::tuple{"add", "Put a contact on the list of a user", &run_contacts_add},
          std::tuple{"set", "Change name and groups of a contact", &run_contacts_set}}) {
      CLI::App* put = command(contacts, name, description, run);
      address(put);
      contact(put);
      option(put, "--name", arguments_.new_name, "The user's own name for the contact");
      option(put, "--group", arguments_.groups, "Group that the contact stands in (may be repeated)");
    }
    CLI::App* remove = command(contacts, "remove", "Take a contact off the list of a user", run_contacts_remove);
    address(remove);
    contact(remove);
    for (const auto& [name, description, run] :
         {std::tuple{"group-add", "Make a group", &run_contacts_group_add},
          std::tuple{"group-rename", "Rename a group", &run_contacts_group_rename},
          std::tuple{"group-remove", "Remove a group; its contacts stay", &run_contacts_group_remove}}) {
      CLI::App* sub = command(contacts, name, description, run);
      address(sub);
      option(sub, "GROUP", arguments_.name, "Name of the group")->required();
      if (run == &run_contacts_group_rename)
        option(sub, "NAME", arguments_.new_name, "New name of the group")->required();
    }
  }
  void contact(CLI::App* sub) {
    option(sub, "CONTACT", arguments_.contact, "Address of the contact, as user@domain")->required();
  }

  void add_looking() {
    command(&app_, "status", "Numbers of a running server", run_status);
    command(&app_, "health", "Health of each component; exit status 6 when one is not well", run_health);
    CLI::App* doctor = command(&app_, "doctor", "Look for faults and name the remedy of each", run_doctor);
    option(doctor, "--config", arguments_.configuration, "Configuration file (default: the data folder's)");
    add_conversations();
    CLI::App* components = group("component", "Stop and start a component of a running server");
    for (const auto& [name, description, run] :
         {std::tuple{"stop", "Stop a component: immcu; the next start of the server starts it again",
                     &run_component_stop},
          std::tuple{"start", "Start a component: immcu", &run_component_start}})
      option(command(components, name, description, run), "COMPONENT", arguments_.component, "immcu")
          ->required()
          ->check(CLI::IsMember({"immcu"}));
  }

  void add_conversations() {
    CLI::App* conversations = group("conversation", "Look at running conversations");
    command(conversations, "list", "List running conversations", run_conversation_list);
    CLI::App* one = command(conversations, "show", "Show a running conversation", run_conversation_show);
    option(one, "ID", arguments_.id, "Number of the conversation")->required();
    CLI::App* conferences = group("conference", "Look at conferences, make, lock and end them");
    CLI::App* list = command(conferences, "list", "List conferences, sleeping ones too", run_conference_list);
    option(list, "ORGANIZER", arguments_.address, "Only conferences of this user");
    conference(command(conferences, "show", "Show a conference with its people", run_conference_show));
    CLI::App* create =
        command(conferences, "create", "Make a conference that waits for its people", run_conference_create);
    organizer(create);
    option(create, "--id", arguments_.id, "Id within the organizer (default: one that nobody guesses)");
    option(create, "--subject", arguments_.subject, "What it is about");
    option(create, "--admission", arguments_.admission,
           "Who gets in: organisation (default), invited, organizer, everyone")
        ->check(CLI::IsMember({"everyone", "organisation", "invited", "organizer"}));
    create->add_flag("--lobby", arguments_.lobby,
                     std::string(tr(arguments_.common.language, "Who does not get in waits to be let in")));
    option(create, "--invite", arguments_.invited, "User on the list of the invited (may be repeated)")
        ->allow_extra_args(false);
    option(create, "--size", arguments_.size, "People at once (default 250)")->check(CLI::Range(1U, 1000U));
    option(create, "--until", arguments_.until, "Forgotten after this time (UTC), for example 2026-03-01T09:30");
    conference(command(conferences, "lock", "Let nobody else in", run_conference_lock));
    conference(command(conferences, "unlock", "Let people in again", run_conference_unlock));
    conference(command(conferences, "mute", "Let presenters alone write", run_conference_mute));
    conference(command(conferences, "unmute", "Let everybody write again", run_conference_unmute));
    CLI::App* out = command(conferences, "eject", "Put somebody out of a conference", run_conference_eject);
    conference(out);
    option(out, "USER", arguments_.contact, "User, as user@domain")->required();
    CLI::App* in =
        command(conferences, "admit", "Let somebody in who waits in the lobby, or everybody", run_conference_admit);
    conference(in);
    option(in, "USER", arguments_.contact, "User, as user@domain (default: all who wait, and whoever comes later)");
    CLI::App* away = command(conferences, "deny", "Send somebody away from the lobby", run_conference_deny);
    conference(away);
    option(away, "USER", arguments_.contact, "User, as user@domain")->required();
    conference(command(conferences, "end", "End a conference for everybody", run_conference_end));
  }
  void organizer(CLI::App* sub) {
    option(sub, "ORGANIZER", arguments_.address, "Who organises the conference, as user@domain")->required();
  }
  void conference(CLI::App* sub) {
    organizer(sub);
    option(sub, "ID", arguments_.id, "Id of the conference within its organizer")->required();
  }

  void add_records() {
    CLI::App* records = group("cdr", "Call detail records");
    CLI::App* list =
        command(records, "list", "List records, newest first; messages are counted when a conversation has ended",
                run_cdr_list);
    filter(list);
    option(list, "--limit", arguments_.limit, "How many at most (default 100)")->check(CLI::Range(1U, 10000U));
    CLI::App* show = command(records, "show", "Show one record; of a conversation all its phases", run_cdr_show);
    option(show, "ID", arguments_.record_id, "Number of the record")->required();
    CLI::App* exported = command(records, "export", "Write all records as CSV or JSON", run_cdr_export);
    filter(exported);
    option(exported, "--format", arguments_.format, "csv or json (default: csv, with --json json)")
        ->check(CLI::IsMember({"csv", "json"}));
    option(exported, "--output", arguments_.output, "New file (default: standard output)");
    CLI::App* backup = command(&app_, "backup", "Copy the store while the server runs", run_backup);
    option(backup, "FILE", arguments_.target, "File of the copy")->required();
    backup->add_flag("--overwrite", arguments_.overwrite,
                     std::string(tr(arguments_.common.language, "Replace the file when it exists")));
  }
  void add_words() {
    CLI::App* explain =
        command(&app_, "explain",
                "Explain a reason by its number or name, as ms-diagnostics and logs show it, or what "
                "somebody sees of a user and why: explain presence ADDRESS",
                [](const Arguments& arguments) {
                  return arguments.reason == "presence" ? run_explain_presence(arguments) : run_explain(arguments);
                });
    option(explain, "REASON", arguments_.reason,
           "Number or name of the reason, for example 52301; or the word presence")
        ->required();
    option(explain, "ADDRESS", arguments_.address, "With presence: the user, as user@domain");
    option(explain, "--for", arguments_.watcher, "Who looks (default: the user himself)");
    CLI::App* completion = word("completion", "Print a completion script for a shell", run_completion);
    option(completion, "SHELL", arguments_.shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    word("manual", "Print the manual page (roff)", run_manual);
  }
  void filter(CLI::App* sub) {
    option(sub, "KIND", arguments_.kind, "sessions (default), conferences or registrations")
        ->check(CLI::IsMember({"sessions", "conferences", "registrations"}));
    option(sub, "--user", arguments_.address, "Only records of this user");
    option(sub, "--from", arguments_.from, "Begun at or after this time (UTC), for example 2026-03-01T09:30");
    option(sub, "--to", arguments_.to, "Begun before this time (UTC)");
  }

  static void split(const std::vector<std::string>& pairs, const char* form,
                    std::map<std::string, std::string>& values) {
    for (const std::string& pair : pairs) {
      const std::size_t equal = pair.find('=');
      if (equal == std::string::npos) throw CLI::ValidationError(pair, std::string(form) + " is needed");
      values[pair.substr(0, equal)] = pair.substr(equal + 1);
    }
  }

  CLI::App app_;
  Arguments arguments_;
  std::vector<std::string> settings_, card_;
  Run run_;
};

}  // namespace

int parse_and_run(int argc, const char* const* argv) {
  // Help and the errors of parsing need the language before --language is parsed.
  base::Language language = language_of_environment();
  constexpr std::string_view option = "--language";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view value = word == option && i + 1 < argc ? std::string_view(argv[i + 1])
                                   : word.starts_with(option) && word.find('=') == option.size()
                                       ? word.substr(option.size() + 1)
                                       : std::string_view();
    if (value == "es") language = base::Language::spanish;
    if (value == "en") language = base::Language::english;
  }
  return Grammar(language).run(argc, argv);
}

std::vector<CommandFacts> grammar(base::Language language) { return Grammar(language).facts(); }

}  // namespace tertulia::app
