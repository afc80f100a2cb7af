#include "config.hpp"

#include "hash.hpp"
#include "json.hpp"

namespace loader {
namespace {

// Volatile: what stands there when the program runs is not what stood there when it was compiled.
__attribute__((section(".lcfg"), used)) const volatile Region region = {
    {'L', 'A', 'T', 'C', 'H', 'K', 'E', 'Y', '-', 'L', 'O', 'A', 'D', 'E', 'R', '\0'}, 1, 0, {}, {}, {}};

std::string bytesOf(const volatile void* start, size_t length) {
  const auto* bytes = static_cast<const volatile char*>(start);
  std::string copy;
  for (size_t i = 0; i < length; i++) copy += bytes[i];
  return copy;
}

std::string hexOf(const std::string& bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (const char next : bytes) {
    text += digits[static_cast<unsigned char>(next) >> 4];
    text += digits[static_cast<unsigned char>(next) & 15];
  }
  return text;
}

bool readAuthType(const std::string& name, AuthType& type) {
  if (name == "login") {
    type = AuthType::login;
  } else if (name == "license") {
    type = AuthType::license;
  } else if (name == "both") {
    type = AuthType::both;
  } else {
    return false;
  }
  return true;
}

bool isWebAddress(const std::string& url) {
  return url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
}

}  // namespace

ConfigState readConfig(Config& config) {
  const uint32_t length = region.length;
  if (length == 0) return ConfigState::missing;
  if (region.version != 1 || length > sizeof(Region::body)) return ConfigState::damaged;
  const std::string body = bytesOf(region.body, length);
  const std::string stated = hexOf(bytesOf(region.digest, sizeof(Region::digest)));
  if (digest<Sha256>(body) != stated) return ConfigState::damaged;
  const std::optional<Json> json = Json::parse(body);
  if (!json || (*json)["v"].whole() != 1u) return ConfigState::damaged;
  config.appId = (*json)["appId"].text();
  config.apiKey = (*json)["apiKey"].text();
  config.apiUrl = (*json)["apiUrl"].text();
  config.title = (*json)["title"].text();
  config.fileId = (*json)["fileId"].text();
  const bool good = !config.appId.empty() && isWebAddress(config.apiUrl) &&
                    readAuthType((*json)["authType"].text(), config.authType);
  return good ? ConfigState::good : ConfigState::damaged;
}

}  // namespace loader
