// What people read.
#pragma once

#include <string>
#include <string_view>

namespace loader {

/** The text without control characters: what a server sends must not steer a terminal. */
std::string visible(std::string_view text);

/** A line for the user. */
void say(std::string_view line);
/** A line about what went wrong. */
void complain(std::string_view line);

}  // namespace loader
