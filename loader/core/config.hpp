// The configuration that the builder writes into a finished loader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace loader {

/** How people sign in with this loader. */
enum class AuthType { login, license, both };

struct Config {
  std::string appId;
  std::string apiKey;
  /** Without a slash at the end. */
  std::string apiUrl;
  std::string title;
  AuthType authType;
  /** The file to fetch after signing in; empty for none. */
  std::string fileId;
};

/**
 * The section `.lcfg` of the executable, as the builder finds it through the section headers
 * (src/modules/builder/domain/region.ts). Numbers are little-endian.
 */
struct Region {
  char magic[16];
  uint32_t version;
  uint32_t length;
  /** SHA-256 of the body: finds damage, not fraud. */
  unsigned char digest[32];
  /** Ed25519 over the body by the server that built the loader; see docs/loaders.md. */
  unsigned char signature[64];
  char body[3976];
};
static_assert(sizeof(Region) == 4096);

enum class ConfigState { good, missing, damaged };

/** Reads this executable's own configuration. */
ConfigState readConfig(Config& config);

}  // namespace loader
