// SPDX-License-Identifier: Apache-2.0
#include "talk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"

namespace tertulia::sim {

using base::Reason;
using base::Result;

namespace {

/// Words of a line; a quoted text is one word that begins with the quote.  Nothing: a quote is not closed.
std::optional<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (true) {
    line = base::trimmed(line);
    if (line.empty() || line.front() == '#') return words;
    std::size_t end = line.find_first_of(" \t");
    if (line.front() == '"') {
      end = line.find('"', 1);
      if (end == std::string_view::npos) return std::nullopt;
      words.emplace_back(line.substr(0, end));
      line.remove_prefix(end + 1);
      continue;
    }
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  }
}

/// One form of line: lower-case words stand for themselves.  Speaker, Person, "text", N (a number) are read; `...`
/// takes all people that follow.
struct Form {
  std::string_view words;
  Verb verb;
  AnswerManner manner = AnswerManner::well;
  bool in_session = false;
};

constexpr std::array forms = {
    Form{"people ...", Verb::people},
    Form{"Speaker takes sessions", Verb::takes_sessions},
    Form{"Speaker takes sessions alone", Verb::sessions_alone},
    Form{"Speaker signs in", Verb::sign_in},
    Form{"Speaker signs in with a wrong password", Verb::sign_in_wrong},
    Form{"Speaker signs out", Verb::sign_out},
    Form{"Speaker pages Person \"", Verb::page},
    Form{"Speaker pages Person N bytes", Verb::page_bytes},
    Form{"Speaker invites Person", Verb::invite},
    Form{"Speaker cancels", Verb::cancel},
    Form{"Speaker says \"", Verb::say},
    Form{"Speaker says bye", Verb::bye},
    Form{"Speaker is told N about the call", Verb::told},
    Form{"Speaker receives \" from Person", Verb::receive},
    Form{"Speaker receives \" from Person in the session", Verb::receive, AnswerManner::well, true},
    Form{"Speaker receives nothing more", Verb::nothing_more},
    Form{"Speaker sees the call Word", Verb::sees_call},
    Form{"Speaker answers texts well", Verb::texts_manner},
    Form{"Speaker answers texts with N", Verb::texts_manner, AnswerManner::status},
    Form{"Speaker answers texts late by N s", Verb::texts_manner, AnswerManner::late},
    Form{"Speaker answers no texts", Verb::texts_manner, AnswerManner::never},
    Form{"Speaker answers texts by leaving", Verb::texts_manner, AnswerManner::leaving},
    Form{"Speaker answers calls well", Verb::calls_manner},
    Form{"Speaker answers calls with N", Verb::calls_manner, AnswerManner::status},
    Form{"Speaker answers calls late by N s", Verb::calls_manner, AnswerManner::late},
    Form{"Speaker answers no calls", Verb::calls_manner, AnswerManner::never},
    Form{"Speaker answers calls by leaving", Verb::calls_manner, AnswerManner::leaving},
    Form{"Speaker hangs up", Verb::hang_up},
    Form{"Speaker breaks", Verb::lose},
    Form{"Speaker vanishes", Verb::vanish},
    Form{"Speaker blocks Person", Verb::block},
    Form{"Speaker keeps no messages", Verb::forbid_keeping},
    Form{"immcu stops", Verb::immcu_stops},
    Form{"immcu starts", Verb::immcu_starts},
    Form{"server dies", Verb::server_dies},
    Form{"server starts", Verb::server_starts},
    Form{"wait N s", Verb::wait},
    Form{"record of Person and Person says N and N", Verb::record},
    Form{"Speaker calls Person", Verb::call},
    Form{"Speaker watches Person", Verb::watch},
    Form{"Speaker watches Person no more", Verb::unwatch},
    Form{"Speaker publishes Word", Verb::publish},
    Form{"Speaker publishes Word for N s", Verb::publish},
    Form{"Speaker publishes Word with the note \"", Verb::publish},
    Form{"Speaker takes back what he publishes", Verb::unpublish},
    Form{"Speaker sees Person Word", Verb::sees_state},
    Form{"Speaker sees the note \" of Person", Verb::sees_note},
    Form{"state of Person is Word", Verb::state},
    Form{"level of Person with Person is Word", Verb::level},
    Form{"Speaker transfers Person to Person", Verb::transfer},
    Form{"Speaker connects Person with Person", Verb::connect},
    Form{"Speaker holds the call", Verb::hold},
    Form{"Speaker takes the call up again", Verb::resume},
    Form{"call of Person and Person replaces that of Person and Person", Verb::replaced},
    Form{"Speaker speaks lync", Verb::speak_lync},
    Form{"Speaker makes new keys", Verb::new_keys},
    Form{"Speaker has made keys N times", Verb::keys_made},
    Form{"Speaker adds Person to the contacts", Verb::add_contact},
    Form{"Speaker removes Person from the contacts", Verb::remove_contact},
    Form{"Speaker has Person among the contacts", Verb::has_contact},
    Form{"Speaker has Person no more among the contacts", Verb::lacks_contact},
    Form{"Speaker puts Person on level Word", Verb::own_level},
    Form{"Speaker forgets the versions", Verb::forget},
    Form{"Speaker has had N conflicts", Verb::conflicts},
    Form{"administrator makes a conference of Person for N people", Verb::admin_makes},
    Form{"administrator locks the conference", Verb::admin_locks},
    Form{"administrator unlocks the conference", Verb::admin_unlocks},
    Form{"administrator ends the conference", Verb::admin_ends},
    Form{"Speaker makes a conference", Verb::make_conference},
    Form{"Speaker takes Person to a conference", Verb::take_along},
    Form{"Speaker adds Person", Verb::add},
    Form{"Speaker enters the conference", Verb::enter},
    Form{"Speaker tells the conference \"", Verb::tell},
    Form{"Speaker leaves the conference", Verb::leave},
    Form{"Speaker puts Person out", Verb::put_out},
    Form{"Speaker makes Person leader", Verb::make_leader},
    Form{"Speaker locks the conference", Verb::lock},
    Form{"Speaker unlocks the conference", Verb::unlock},
    Form{"Speaker ends the conference", Verb::end_conference},
    Form{"Speaker watches the conference", Verb::watch_conference},
    Form{"Speaker sees in the conference ...", Verb::sees_people},
    Form{"Speaker sees Person as Word", Verb::sees_role},
    Form{"Speaker is told N about the addition", Verb::told_addition},
    Form{"Speaker receives \" from Person in the conference", Verb::receive_room},
    Form{"record of the conference names ...", Verb::room_record},
};

constexpr std::array answered = {Verb::sign_in,
                                 Verb::sign_in_wrong,
                                 Verb::sign_out,
                                 Verb::page,
                                 Verb::page_bytes,
                                 Verb::invite,
                                 Verb::cancel,
                                 Verb::say,
                                 Verb::bye,
                                 Verb::call,
                                 Verb::watch,
                                 Verb::unwatch,
                                 Verb::publish,
                                 Verb::unpublish,
                                 Verb::transfer,
                                 Verb::connect,
                                 Verb::hold,
                                 Verb::resume,
                                 Verb::new_keys,
                                 Verb::add_contact,
                                 Verb::remove_contact,
                                 Verb::own_level,
                                 Verb::make_conference,
                                 Verb::take_along,
                                 Verb::add,
                                 Verb::enter,
                                 Verb::tell,
                                 Verb::leave,
                                 Verb::put_out,
                                 Verb::make_leader,
                                 Verb::lock,
                                 Verb::unlock,
                                 Verb::end_conference,
                                 Verb::watch_conference};
/// Whose text is a second person.
constexpr std::array about_two = {Verb::record, Verb::level, Verb::transfer, Verb::connect, Verb::replaced};
template <typename List>
bool one_of(const List& list, Verb verb) {
  return std::find(list.begin(), list.end(), verb) != list.end();
}

/// Which words a verb takes.
struct WordRule {
  Verb verb;
  std::array<std::string_view, 6> words;
  std::string_view why;
};
constexpr std::array word_rules = {
    WordRule{Verb::sees_call,
             {"ringing", "open", "refused", "cancelled", "ended", "open"},
             "a call is ringing, open, refused, cancelled or ended"},
    WordRule{Verb::sees_state,
             {"offline", "online", "busy", "away", "on-the-phone", "do-not-disturb"},
             "somebody is offline, online, busy, away, on-the-phone or do-not-disturb"},
    WordRule{Verb::publish,
             {"nothing", "busy", "away", "do-not-disturb", "nothing", "nothing"},
             "nothing, busy, away or do-not-disturb is published"},
    WordRule{Verb::state,
             {"reset", "busy", "away", "do-not-disturb", "reset", "reset"},
             "a state is busy, away, do-not-disturb or reset"},
    WordRule{Verb::level,
             {"workgroup", "friends", "colleagues", "external", "blocked", "none"},
             "a level is workgroup, friends, colleagues, external, blocked or none"},
    WordRule{
        Verb::sees_role, {"leader", "member", "leader", "member", "leader", "member"}, "somebody is leader or member"},
    WordRule{Verb::own_level,
             {"workgroup", "friends", "colleagues", "external", "blocked", "blocked"},
             "people are put on level workgroup, friends, colleagues, external or blocked"},
};

class TalkReader {
 public:
  bool known(std::string_view person) const {
    return std::find(people_.begin(), people_.end(), person) != people_.end();
  }

  /// Empty: `step` is filled.
  std::string read(std::vector<std::string> words, TalkStep& step) {
    if (words.size() > 2 && words[words.size() - 2] == "gets") {
      const auto status = base::to_number(words.back());
      if (!status || *status < 200 || *status > 699) return "'gets' wants a final status";
      step.wanted = static_cast<int>(*status);
      words.resize(words.size() - 2);
    }
    const bool one_fits =
        std::any_of(forms.begin(), forms.end(), [&](const Form& form) { return fits(form, words, step); });
    if (!one_fits) return "this sentence is not known";
    if (step.wanted && !one_of(answered, step.verb)) return "nothing is answered here";
    const bool said = step.verb == Verb::page || step.verb == Verb::say || step.verb == Verb::tell;
    if (said && !said_.insert(step.text.substr(0, step.text.find(' '))).second)
      return "a text begins with a word of its own";
    if (step.verb == Verb::people) people_.insert(people_.end(), step.people.begin(), step.people.end());
    if (!step.who.person.empty() && !known(step.who.person)) return "nobody has introduced " + step.who.person;
    if (!step.other.empty() && !known(step.other)) return "nobody has introduced " + step.other;
    if (one_of(about_two, step.verb) && !known(step.text)) return "nobody has introduced " + step.text;
    for (const std::string& person : step.people)
      if (!known(person)) return "nobody has introduced " + person;
    return wrong_word(step);
  }

 private:
  /// Empty: the word is one that this verb knows.
  static std::string wrong_word(const TalkStep& step) {
    const auto is = [&](std::string_view word) { return step.word == word; };
    for (const WordRule& rule : word_rules)
      if (rule.verb == step.verb && std::none_of(rule.words.begin(), rule.words.end(), is))
        return std::string(rule.why);
    return {};
  }

  static bool fits(const Form& form, const std::vector<std::string>& words, TalkStep& step) {
    TalkStep read;
    read.line = step.line;
    read.wanted = step.wanted;
    read.verb = form.verb;
    read.manner = form.manner;
    read.in_session = form.in_session;
    std::size_t at = 0;
    for (const std::string_view piece : base::split(form.words, ' ')) {
      if (piece == "...") {
        for (; at < words.size(); ++at) read.people.push_back(base::to_lower(words[at]));
        if (read.people.empty()) return false;
        break;
      }
      if (at >= words.size() || !take(piece, words[at], read)) return false;
      ++at;
    }
    if (at != words.size()) return false;
    step = std::move(read);
    return true;
  }

  static bool take(std::string_view piece, const std::string& word, TalkStep& step) {
    if (piece == "Speaker") {
      const std::size_t slash = word.find('/');
      step.who.person = base::to_lower(word.substr(0, slash));
      if (slash == std::string::npos) return true;
      const auto device = base::to_number(word.substr(slash + 1));
      if (!device || *device == 0 || *device > 8) return false;
      step.who.device = static_cast<int>(*device);
      return true;
    }
    if (piece == "Person") {
      if (!step.other.empty() && !step.text.empty()) return step.people.push_back(base::to_lower(word)), true;
      (step.other.empty() ? step.other : step.text) = base::to_lower(word);
      return true;
    }
    if (piece == "Word") return step.word = base::to_lower(word), true;
    if (piece == "\"") {
      if (word.front() != '"') return false;
      step.text = word.substr(1);
      return true;
    }
    if (piece == "N") {
      const auto number = base::to_number(word);
      if (!number) return false;
      if (step.verb == Verb::record && std::exchange(step.in_session, true)) {
        step.other_number = *number;
      } else {
        step.number = *number;
      }
      return true;
    }
    return base::equal_ignoring_case(piece, word);
  }

  std::vector<std::string> people_;
  std::set<std::string> said_;
};

}  // namespace

Result<Talk> parse_talk(std::string file, std::string_view text) {
  Talk talk{std::move(file), {}};
  TalkReader reader;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const auto words = words_of(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto fail = [&](std::string_view why) {
      return base::Error{Reason::malformed_message, fmt::format("{}:{}: {}", talk.file, line, why)};
    };
    if (!words) return fail("a quote is not closed");
    if (words->empty()) continue;
    TalkStep step;
    step.line = line;
    if (const std::string why = reader.read(*words, step); !why.empty()) return fail(why);
    talk.steps.push_back(std::move(step));
  }
  if (talk.steps.empty()) return base::Error{Reason::malformed_message, talk.file + ":1: nothing is said"};
  return talk;
}

namespace {

std::string play_step(const TalkStep& step, TalkStage& stage) {
  switch (step.verb) {
    case Verb::people:
      for (const std::string& person : step.people) stage.add_person(person);
      return {};
    case Verb::receive:
      return stage.await_text(step);
    case Verb::nothing_more:
      return stage.nothing_more(step.who);
    case Verb::sees_call:
      return stage.await_call(step);
    case Verb::record:
      return stage.await_record(step);
    case Verb::replaced:
      return stage.await_replaced(step);
    case Verb::sees_state:
    case Verb::sees_note:
      return stage.await_presence(step);
    case Verb::keys_made:
    case Verb::has_contact:
    case Verb::lacks_contact:
    case Verb::conflicts:
      return stage.await_lync(step);
    case Verb::sees_people:
    case Verb::sees_role:
    case Verb::told_addition:
    case Verb::receive_room:
    case Verb::room_record:
      return stage.await_conference(step);
    case Verb::told: {
      const int status = stage.await_answer(step.who, true);
      return status == static_cast<int>(step.number) ? std::string()
                                                     : fmt::format("was told {} about the call", status);
    }
    default:
      break;
  }
  std::string why = stage.act(step);
  if (!why.empty() || !step.wanted) return why;
  const int status = stage.await_answer(step.who, false);
  return status == *step.wanted ? std::string() : fmt::format("got {} instead of {}", status, *step.wanted);
}

}  // namespace

std::optional<std::string> play(const Talk& talk, TalkStage& stage) {
  for (const TalkStep& step : talk.steps)
    if (const std::string why = play_step(step, stage); !why.empty())
      return fmt::format("{}:{}: {}", talk.file, step.line, why);
  return std::nullopt;
}

}  // namespace tertulia::sim
