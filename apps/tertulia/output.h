// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arguments.h"
#include "base/result.h"

namespace tertulia::app {

/// The sentence in the chosen language.  Sentences are written in English in the code; texts_es*.cpp has the Spanish ones,
/// and a test proves that none is missing.
std::string_view tr(base::Language language, std::string_view english);

/// What stands behind a reason, in the chosen language.  Details are made in English where the fault is found, with names
/// and numbers in them; texts_es_details.cpp knows their forms.  An unknown one stays as it is.
std::string tr_detail(base::Language language, std::string_view english);

/// The value of a field of an answer, as tr() has it when it is one of a few words: a role, a level, true.
std::string tr_value(base::Language language, std::string_view field, const std::string& value);

/// Language of the environment (LC_ALL, LC_MESSAGES, LANG): Spanish when it begins with "es".
base::Language language_of_environment();

/// Says why a command failed: on standard error for people, as a JSON object on standard output with --json.
Exit report(const Common& common, const base::Error& error);
/// `text`: in place of the reason's own sentence, where it would mislead.
Exit report(const Common& common, const base::Error& error, std::string_view text);

/// A line for people; nothing with --json.
void say(const Common& common, std::string_view line);
/// A finished JSON text on standard output.
void print_json(std::string_view json);

/// Columns as wide as their content; the last one unpadded.  Counts characters, not bytes.
void print_table(const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows);

/// Exit status of a reason.
Exit exit_of(base::Reason reason);

}  // namespace tertulia::app
