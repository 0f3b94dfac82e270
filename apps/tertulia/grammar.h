// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/reason.h"

namespace tertulia::app {

/// One option or positional argument, as the parser knows it.
struct OptionFacts {
  std::string name;  ///< "--data", or "ADDRESS" for a positional
  bool positional = false;
  bool required = false;
  bool takes_value = true;           ///< false: a switch
  bool repeated = false;             ///< may stand several times
  std::vector<std::string> choices;  ///< the only values, when they are few
  std::string description;
};

/// One command or group of commands.
struct CommandFacts {
  std::vector<std::string> words;  ///< {"user", "add"}; empty for the program itself
  bool group = false;              ///< needs one of its commands behind it
  std::string description;
  std::vector<OptionFacts> options;
};

/// The whole grammar of the command line, the program itself first, each group before its commands.  Completion and
/// manual are made from it, so that they cannot say something else than the parser.
std::vector<CommandFacts> grammar(base::Language language);

/// A completion script for `shell` (bash, zsh or fish); empty for another word.
std::string completion_script(const std::string& shell, const std::vector<CommandFacts>& commands);

/// The manual page tertulia(1) in roff, UTF-8.
std::string manual_page(base::Language language);

}  // namespace tertulia::app
