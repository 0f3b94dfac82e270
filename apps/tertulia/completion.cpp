// SPDX-License-Identifier: Apache-2.0
// tertulia completion bash|zsh|fish.  Everything comes from grammar(); nothing is listed here.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "commands.h"
#include "grammar.h"
#include "output.h"

namespace tertulia::app {
namespace {

using Commands = std::vector<CommandFacts>;

std::string in_one_line(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

bool is_below(const CommandFacts& command, const std::vector<std::string>& words) {
  return command.words.size() == words.size() + 1 && std::equal(words.begin(), words.end(), command.words.begin());
}

/// The commands directly below.
std::vector<const CommandFacts*> below(const Commands& all, const CommandFacts& command) {
  std::vector<const CommandFacts*> out;
  for (const CommandFacts& candidate : all)
    if (is_below(candidate, command.words)) out.push_back(&candidate);
  return out;
}

bool takes_file(const OptionFacts& option) {
  return option.name == "--data" || option.name == "--config" || option.name == "--output" || option.name == "FILE";
}

/// What may stand next after a command: commands, switches, words of positionals.
std::vector<std::string> next_words(const Commands& all, const CommandFacts& command) {
  std::vector<std::string> words;
  for (const CommandFacts* sub : below(all, command)) words.push_back(sub->words.back());
  for (const OptionFacts& option : command.options) {
    if (option.positional) {
      words.insert(words.end(), option.choices.begin(), option.choices.end());
    } else {
      words.push_back(option.name);
    }
  }
  return words;
}

/// `'text'` for a POSIX shell, zsh and bash.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// Every step from a command to one below it, `'before word'`, as a list with `separator` between.
std::string steps(const Commands& all, std::string_view separator) {
  std::string out;
  for (const CommandFacts& command : all) {
    if (command.words.empty()) continue;
    const std::vector<std::string> before(command.words.begin(), command.words.end() - 1);
    if (!out.empty()) out += separator;
    out += shell_quoted(in_one_line(before) + " " + command.words.back());
  }
  return out;
}

/// Shell lines that walk the words typed so far and leave the command in `place`.
std::string walk(const Commands& all, std::string_view words, std::string_view first, std::string_view end) {
  return fmt::format(
      "  local place='' word='' index\n"
      "  for ((index = {}; index < {}; index++)); do\n"
      "    word=\"${{{}[index]}}\"\n"
      "    case \"$place $word\" in\n"
      "      {}) place=\"${{place:+$place }}$word\" ;;\n"
      "    esac\n"
      "  done\n",
      first, end, words, steps(all, "|"));
}

std::string bash_script(const Commands& all) {
  std::string values, next;
  for (const CommandFacts& command : all) {
    const std::string place = in_one_line(command.words);
    bool files = false;
    for (const OptionFacts& option : command.options) {
      if (option.positional) files = files || takes_file(option);
      if (option.positional || !option.takes_value) continue;
      const std::string what = takes_file(option) ? "files=1" : "choices=" + shell_quoted(in_one_line(option.choices));
      values += fmt::format("    {}) {} ;;\n", shell_quoted(place + ":" + option.name), what);
    }
    next += fmt::format("    {}:*) choices={}{} ;;\n", shell_quoted(place),
                        shell_quoted(in_one_line(next_words(all, command))), files ? "; files=1" : "");
  }
  // Names of files come a line each, so that a blank in one does not make two; -o filenames quotes what is put in.
  return "# bash completion of tertulia.  Made by: tertulia completion bash\n"
         "_tertulia() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" choices='' files=0\n" +
         walk(all, "COMP_WORDS", "1", "COMP_CWORD") + "  case \"$place:$previous\" in\n" + values + next +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$choices\" -- \"$current\"))\n"
         "  [ \"$files\" = 1 ] || return 0\n"
         "  local file\n"
         "  while IFS= read -r file; do COMPREPLY+=(\"$file\"); done < <(compgen -f -- \"$current\")\n"
         "  compopt -o filenames 2>/dev/null || true\n"
         "}\n"
         "complete -F _tertulia tertulia\n";
}

/// `'word:description'` as _describe of zsh reads it.
std::string described(const std::string& word, const std::string& description) {
  std::string text;
  for (const char c : word) text += c == ':' ? std::string("\\:") : std::string(1, c);
  return shell_quoted(text + ":" + description);
}

std::string zsh_script(const Commands& all) {
  std::string values, next;
  for (const CommandFacts& command : all) {
    const std::string place = in_one_line(command.words);
    std::string items;
    bool files = false;
    for (const CommandFacts* sub : below(all, command)) items += " " + described(sub->words.back(), sub->description);
    for (const OptionFacts& option : command.options) {
      if (option.positional) {
        files = files || takes_file(option);
        for (const std::string& choice : option.choices) items += " " + described(choice, option.description);
        continue;
      }
      items += " " + described(option.name, option.description);
      if (!option.takes_value) continue;
      const std::string what = takes_file(option)       ? "_files"
                               : option.choices.empty() ? "_message " + shell_quoted(option.description)
                                                        : "compadd -- " + in_one_line(option.choices);
      values += fmt::format("    {}) {}; return ;;\n", shell_quoted(place + ":" + option.name), what);
    }
    next += fmt::format("    {}) choices=({}){} ;;\n", shell_quoted(place), items, files ? "; _files" : "");
  }
  return "#compdef tertulia\n"
         "# zsh completion of tertulia.  Made by: tertulia completion zsh\n"
         "_tertulia() {\n"
         "  local -a choices\n" +
         walk(all, "words", "2", "CURRENT") + "  case \"$place:${words[CURRENT-1]}\" in\n" + values +
         "  esac\n"
         "  case \"$place\" in\n" +
         next +
         "  esac\n"
         "  _describe 'tertulia' choices\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _tertulia ]; then _tertulia \"$@\"; else compdef _tertulia tertulia; fi\n";
}

/// fish quotes `'` and `\` by a backslash.
std::string quoted_for_fish(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_script(const Commands& all) {
  std::string out =
      "# fish completion of tertulia.  Made by: tertulia completion fish\n"
      "function __tertulia_at --description 'The words so far name just this command'\n"
      "  set -l words (commandline -opc)\n"
      "  set -e words[1]\n"
      "  set -l place ''\n"
      "  for word in $words\n"
      "    if contains -- \"$place $word\" " +
      steps(all, " ") +
      "\n"
      "      set place (string trim -- \"$place $word\")\n"
      "    end\n"
      "  end\n"
      "  test \"$place\" = \"$argv\"\n"
      "end\n"
      "complete -c tertulia -f\n";
  for (const CommandFacts& command : all) {
    const std::string here = command.words.empty() ? "__tertulia_at" : "__tertulia_at " + in_one_line(command.words);
    const auto put = [&](const std::string& rest, const std::string& description) {
      out += fmt::format("complete -c tertulia -n {} {} -d {}\n", quoted_for_fish(here), rest,
                         quoted_for_fish(description));
    };
    for (const CommandFacts* sub : below(all, command)) put("-a " + sub->words.back(), sub->description);
    for (const OptionFacts& option : command.options) {
      const std::string choices = option.choices.empty() ? "" : " -a " + quoted_for_fish(in_one_line(option.choices));
      if (!option.positional) {
        put("-l " + option.name.substr(2) +
                (!option.takes_value  ? ""
                 : takes_file(option) ? " -r -F"
                                      : " -x") +
                choices,
            option.description);
      } else if (takes_file(option) || !choices.empty()) {
        put(takes_file(option) ? "-F" : choices.substr(1), option.description);
      }
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandFacts>& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  return {};
}

Exit run_completion(const Arguments& arguments) {
  const std::string script = completion_script(arguments.shell, grammar(arguments.common.language));
  return std::fwrite(script.data(), 1, script.size(), stdout) == script.size() ? Exit::done : Exit::failed;
}

}  // namespace tertulia::app
