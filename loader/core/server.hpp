// The server's client API: POST /v1 by `type`.
#pragma once

#include <string>
#include <string_view>

#include "config.hpp"
#include "json.hpp"
#include "platform.hpp"

namespace loader {

/** How the program ends; docs/loaders.md tells users. */
enum class Exit {
  done = 0,
  machine = 1,
  usage = 2,
  unreachable = 3,
  refused = 4,
  damagedFile = 5,
  config = 6,
};

/** What came of a request. */
struct Reply {
  Exit outcome = Exit::unreachable;
  /** The server's words, or ours where none came. */
  std::string message;
  Json data;

  bool good() const { return outcome == Exit::done; }
};

class Server {
 public:
  explicit Server(const Config& config) : config_(config) {}

  /** One request of the given type, with the credentials of the application. */
  Reply call(std::string_view type, Fields fields) const;
  /** Fetches what a path of the server names; the message is empty when it came. */
  Reply download(const std::string& path, const Sink& sink) const;

 private:
  const Config& config_;
};

}  // namespace loader
