// What a loader needs of the system it runs on. Texts and paths are UTF-8.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace loader {

/** What a server answered. */
struct Answer {
  /** The HTTP status; 0 when no answer came, and `body` then says why. */
  int status = 0;
  std::string body;
};

/** Takes the bytes of a download as they come; false ends it. */
using Sink = std::function<bool(std::string_view)>;

/** Seconds a server may keep silent. */
constexpr int PATIENCE_SECONDS = 15;
/** Largest answer that is kept in memory. */
constexpr size_t ANSWER_MAX = 1 << 20;

/** Sends a JSON document. Redirects are not followed. */
Answer post(const std::string& url, const std::string& json);
/** Fetches a file: what comes with status 200 goes into the sink, any other body into the answer. */
Answer fetch(const std::string& url, const Sink& sink);

/** What the hardware id is made of (see docs/loaders.md); empty when the system does not tell. */
std::string hardwareText();
/** Path of this executable; empty when the system does not tell. */
std::string ownPath();

/** A number that nobody else thinks of. */
uint64_t randomNumber();

/** One line from the user; nothing when there is no more. A hidden one is not shown while typed. */
std::optional<std::string> ask(std::string_view question, bool hidden = false);
/** Writes to the standard output, or to the standard error. */
void write(std::string_view text, bool toErrors);
/** Waits for a key where the window would close, and with it the last message. */
void lingerIfOwnWindow();

/** As fopen; null when it cannot be opened. One to write into must not be there yet. */
std::FILE* openFile(const std::string& path, bool writing);
/** Moves a file in the place of another, whether or not that one exists. */
bool replaceFile(const std::string& from, const std::string& to);
void removeFile(const std::string& path);

}  // namespace loader
