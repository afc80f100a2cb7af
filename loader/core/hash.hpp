// MD5 (RFC 1321), which the recipe of the hardware id asks for, and SHA-256 (FIPS 180-4).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace loader {

/** A hash over blocks of 64 bytes; `Rounds` mixes one block into its state. */
template <class Rounds>
class Hash {
 public:
  void update(std::string_view bytes) {
    length_ += bytes.size();
    while (!bytes.empty()) {
      const size_t taken = std::min(bytes.size(), block_.size() - filled_);
      std::memcpy(block_.data() + filled_, bytes.data(), taken);
      bytes.remove_prefix(taken);
      filled_ += taken;
      if (filled_ < block_.size()) return;
      rounds_.mix(block_.data());
      filled_ = 0;
    }
  }

  /** The digest in lower-case hexadecimal. Nothing may be added afterwards. */
  std::string finish() {
    const uint64_t bits = length_ * 8;
    update(std::string_view("\x80", 1));
    while (filled_ != block_.size() - sizeof bits) update(std::string_view("\0", 1));
    char size[sizeof bits];
    for (size_t i = 0; i < sizeof bits; i++) {
      size[i] = static_cast<char>(bits >> 8 * (Rounds::bigEndian ? 7 - i : i));
    }
    update(std::string_view(size, sizeof size));
    return hex();
  }

 private:
  std::string hex() const {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (const uint32_t word : rounds_.state) {
      for (int i = 0; i < 4; i++) {
        const uint32_t byte = word >> 8 * (Rounds::bigEndian ? 3 - i : i) & 0xff;
        text += digits[byte >> 4];
        text += digits[byte & 15];
      }
    }
    return text;
  }

  Rounds rounds_;
  std::array<unsigned char, 64> block_;
  size_t filled_ = 0;
  uint64_t length_ = 0;
};

struct Md5Rounds {
  static constexpr bool bigEndian = false;
  std::array<uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  void mix(const unsigned char* block);
};

struct Sha256Rounds {
  static constexpr bool bigEndian = true;
  std::array<uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  void mix(const unsigned char* block);
};

using Md5 = Hash<Md5Rounds>;
using Sha256 = Hash<Sha256Rounds>;

/** The digest of one text. */
template <class Algorithm>
std::string digest(std::string_view bytes) {
  Algorithm hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace loader
