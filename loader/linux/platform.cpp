#include <limits.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "../core/loader.hpp"
#include "../core/platform.hpp"

namespace loader {
namespace {

constexpr size_t LINE_MAX_BYTES = 4096;

/** The first line of a file, without white space around it. */
std::string firstLine(const char* path) {
  std::FILE* file = std::fopen(path, "r");
  if (!file) return {};
  char line[256] = "";
  const bool read = std::fgets(line, sizeof line, file) != nullptr;
  std::fclose(file);
  std::string text = read ? line : "";
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
  return text;
}

/** The terminal does not show what is typed while one of these lives. */
class Hidden {
 public:
  Hidden() : onTerminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!onTerminal_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    // An interrupt would leave the terminal mute, so it waits for the end of the line.
    hidden.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~Hidden() {
    if (!onTerminal_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    write("\n", false);
  }
  Hidden(const Hidden&) = delete;

 private:
  termios before_;
  bool onTerminal_;
};

std::optional<std::string> readLine() {
  std::string line;
  for (;;) {
    char next;
    const ssize_t got = read(STDIN_FILENO, &next, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (next == '\n') break;
    if (line.size() < LINE_MAX_BYTES) line += next;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace

std::string hardwareText() {
  for (const char* path : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    const std::string id = firstLine(path);
    if (!id.empty()) return id;
  }
  char name[HOST_NAME_MAX + 1] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

std::string ownPath() { return "/proc/self/exe"; }

uint64_t randomNumber() {
  uint64_t number;
  return getentropy(&number, sizeof number) == 0 ? number : static_cast<uint64_t>(getpid());
}

std::optional<std::string> ask(std::string_view question, bool hidden) {
  // Hidden before the question is read, or an answer that comes at once would still be shown.
  std::optional<Hidden> whileTyping;
  if (hidden) whileTyping.emplace();
  write(question, false);
  return readLine();
}

void write(std::string_view text, bool toErrors) {
  std::FILE* stream = toErrors ? stderr : stdout;
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

void lingerIfOwnWindow() {}

std::FILE* openFile(const std::string& path, bool writing) {
  return std::fopen(path.c_str(), writing ? "wbx" : "rb");
}

bool replaceFile(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str()) == 0;
}

void removeFile(const std::string& path) { std::remove(path.c_str()); }

}  // namespace loader

int main(int count, char** words) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is told like a full disk.
  return loader::run({words + (count > 0 ? 1 : 0), words + count});
}
