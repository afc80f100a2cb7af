// UTF-8, which the loader thinks in, and UTF-16, which Windows speaks.
#pragma once

#include <string>
#include <string_view>

namespace loader {

std::wstring wide(std::string_view text);
std::string narrow(std::wstring_view text);

}  // namespace loader
