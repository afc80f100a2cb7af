// JSON (RFC 8259): reads any document, writes objects of strings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loader {

/** A value of a JSON document. */
class Json {
 public:
  enum class Kind { null, boolean, number, string, array, object };

  /** The document; nothing when it is no valid JSON, or nests deeper than 32 levels. */
  static std::optional<Json> parse(std::string_view document);

  bool isNull() const { return kind_ == Kind::null; }
  bool isTrue() const { return kind_ == Kind::boolean && text_ == "true"; }
  /** What a string says; empty for anything else. */
  std::string text() const { return kind_ == Kind::string ? text_ : std::string(); }
  /** A whole number that is not negative; nothing for anything else. */
  std::optional<uint64_t> whole() const;
  /** Member of an object; null where there is none. */
  const Json& operator[](std::string_view name) const;

 private:
  friend class JsonReader;

  Kind kind_ = Kind::null;
  /** A string as it reads; a number or boolean as it is spelled. */
  std::string text_;
  /** Names of the members of an object, in the order of `items_`. */
  std::vector<std::string> names_;
  std::vector<Json> items_;
};

/** A member of an object that is written: a string, or a word that stands as it is, such as `false`. */
struct Field {
  std::string_view name;
  std::string value;
  bool word = false;
};
using Fields = std::vector<Field>;

/** An object. Every control character, quote and backslash of its strings is escaped. */
std::string jsonObject(const Fields& fields);

}  // namespace loader
