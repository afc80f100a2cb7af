#include "terminal.hpp"

#include "platform.hpp"

namespace loader {

std::string visible(std::string_view text) {
  std::string shown;
  for (size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters as well: C2 80 to C2 9F in UTF-8.
    const bool wideControl = byte == 0xc2 && i + 1 < text.size() &&
                             static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (wideControl) i++;
    shown += byte < ' ' || byte == 0x7f || wideControl ? ' ' : text[i];
  }
  return shown;
}

void say(std::string_view line) { write(visible(line) + '\n', false); }

void complain(std::string_view line) { write(visible(line) + '\n', true); }

}  // namespace loader
