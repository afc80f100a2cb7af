#include "json.hpp"

#include <charconv>

namespace loader {

class JsonReader {
 public:
  explicit JsonReader(std::string_view document) : rest_(document) {}

  bool document(Json& value) {
    if (!read(value, 0)) return false;
    skipSpace();
    return rest_.empty();
  }

 private:
  static constexpr int MAX_DEPTH = 32;

  bool read(Json& value, int depth) {
    skipSpace();
    if (rest_.empty() || depth > MAX_DEPTH) return false;
    switch (rest_.front()) {
      case '{': return list(value, Json::Kind::object, '}', depth);
      case '[': return list(value, Json::Kind::array, ']', depth);
      case '"': value.kind_ = Json::Kind::string; return string(value.text_);
      case 't': return word(value, Json::Kind::boolean, "true");
      case 'f': return word(value, Json::Kind::boolean, "false");
      case 'n': return word(value, Json::Kind::null, "null");
      default: return number(value);
    }
  }

  bool list(Json& value, Json::Kind kind, char end, int depth) {
    value.kind_ = kind;
    rest_.remove_prefix(1);
    skipSpace();
    if (take(end)) return true;
    do {
      if (kind == Json::Kind::object) {
        skipSpace();
        value.names_.emplace_back();
        if (!string(value.names_.back())) return false;
        skipSpace();
        if (!take(':')) return false;
      }
      value.items_.emplace_back();
      if (!read(value.items_.back(), depth + 1)) return false;
      skipSpace();
    } while (take(','));
    return take(end);
  }

  bool word(Json& value, Json::Kind kind, std::string_view spelling) {
    if (rest_.substr(0, spelling.size()) != spelling) return false;
    rest_.remove_prefix(spelling.size());
    value.kind_ = kind;
    value.text_ = spelling;
    return true;
  }

  bool number(Json& value) {
    const std::string_view start = rest_;
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    value.kind_ = Json::Kind::number;
    value.text_ = start.substr(0, start.size() - rest_.size());
    return true;
  }

  bool digits() {
    const size_t before = rest_.size();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
    return rest_.size() < before;
  }

  bool string(std::string& text) {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char next = rest_.front();
      rest_.remove_prefix(1);
      if (next == '"') return true;
      if (static_cast<unsigned char>(next) < ' ') return false;
      if (next != '\\') {
        text += next;
      } else if (!escape(text)) {
        return false;
      }
    }
    return false;
  }

  bool escape(std::string& text) {
    static constexpr std::string_view NAMES = "\"\\/bfnrt";
    static constexpr std::string_view MEANINGS = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char name = rest_.front();
    rest_.remove_prefix(1);
    if (name == 'u') return unicode(text);
    const size_t at = NAMES.find(name);
    if (at == std::string_view::npos) return false;
    text += MEANINGS[at];
    return true;
  }

  /** Four hexadecimal digits, or two such escapes that make one character; as UTF-8. */
  bool unicode(std::string& text) {
    uint32_t code;
    if (!hex(code)) return false;
    if (code >= 0xdc00 && code < 0xe000) return false;
    if (code >= 0xd800 && code < 0xdc00) {
      uint32_t low;
      if (!take('\\') || !take('u') || !hex(low) || low < 0xdc00 || low >= 0xe000) return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    const int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const int MARKS[] = {0, 0xc0, 0xe0, 0xf0};
    text += static_cast<char>(MARKS[more] | code >> 6 * more);
    for (int i = more - 1; i >= 0; i--) text += static_cast<char>(0x80 | (code >> 6 * i & 0x3f));
    return true;
  }

  bool hex(uint32_t& code) {
    if (rest_.size() < 4) return false;
    const char* end = rest_.data() + 4;
    const auto read = std::from_chars(rest_.data(), end, code, 16);
    if (read.ec != std::errc() || read.ptr != end) return false;
    rest_.remove_prefix(4);
    return true;
  }

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skipSpace() {
    const size_t at = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
  }

  std::string_view rest_;
};

std::optional<Json> Json::parse(std::string_view document) {
  Json value;
  if (!JsonReader(document).document(value)) return std::nullopt;
  return value;
}

std::optional<uint64_t> Json::whole() const {
  if (kind_ != Kind::number) return std::nullopt;
  uint64_t value;
  const char* end = text_.data() + text_.size();
  const auto read = std::from_chars(text_.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

const Json& Json::operator[](std::string_view name) const {
  static const Json nothing;
  for (size_t i = 0; i < names_.size(); i++) {
    if (names_[i] == name) return items_[i];
  }
  return nothing;
}

std::string jsonObject(const Fields& fields) {
  static const char digits[] = "0123456789abcdef";
  std::string text = "{";
  for (const auto& [name, value, word] : fields) {
    if (text.size() > 1) text += ',';
    text.append("\"").append(name).append("\":");
    if (word) {
      text += value;
      continue;
    }
    text += '"';
    for (const char next : value) {
      const auto byte = static_cast<unsigned char>(next);
      if (byte < ' ') {
        text.append("\\u00") += digits[byte >> 4];
        text += digits[byte & 15];
      } else {
        if (next == '"' || next == '\\') text += '\\';
        text += next;
      }
    }
    text += '"';
  }
  return text + '}';
}

}  // namespace loader
