// Shows the parts of the core to test/loaders/core.test.ts: `probe <part>` answers each line of the standard input, which
// is hexadecimal, with a line. Built with the sanitizers; it is no part of any loader.
#include <cstdio>
#include <iostream>
#include <string>

#include "../core/download.hpp"
#include "../core/hash.hpp"
#include "../core/json.hpp"
#include "../core/platform.hpp"
#include "../core/terminal.hpp"

namespace loader {

// What download.cpp wants of a platform, which is not looked at here.
Answer post(const std::string&, const std::string&) { return {}; }
Answer fetch(const std::string&, const Sink&) { return {}; }
uint64_t randomNumber() { return 0; }
void write(std::string_view, bool) {}
std::FILE* openFile(const std::string&, bool) { return nullptr; }
bool replaceFile(const std::string&, const std::string&) { return false; }
void removeFile(const std::string&) {}

}  // namespace loader

namespace {

std::string unhex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string digits;
  char two[3];
  for (const char next : bytes) {
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(next));
    digits += two;
  }
  return digits;
}

std::string answer(const std::string& part, const std::string& given) {
  if (part == "md5") return loader::digest<loader::Md5>(given);
  if (part == "sha256") return loader::digest<loader::Sha256>(given);
  if (part == "name") return hex(loader::safeFileName(given));
  if (part == "visible") return hex(loader::visible(given));
  if (part == "write") return hex(loader::jsonObject({{"a", given}, {"b", given}, {"c", "false", true}}));
  // The document, and what its member `a` says; `-` when it is none.
  const auto json = loader::Json::parse(given);
  if (!json) return "-";
  const auto& member = (*json)["a"];
  const auto whole = member.whole();
  return whole ? "#" + std::to_string(*whole) : member.isTrue() ? "true" : hex(member.text());
}

}  // namespace

int main(int, char** words) {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << answer(words[1], unhex(line)) << '\n';
}
