#include "download.hpp"

#include "hash.hpp"
#include "terminal.hpp"

namespace loader {
namespace {

constexpr size_t NAME_MAX_BYTES = 180;

struct Offer {
  std::string name;
  std::string url;
  /** Empty when the server does not say. */
  std::string sha256;
  std::optional<uint64_t> size;
};

/** A file under construction, of this loader alone; it is gone unless it is kept. */
class Draft {
 public:
  explicit Draft(std::string target)
      : target_(std::move(target)),
        path_(target_ + '.' + std::to_string(randomNumber()) + ".part"),
        file_(openFile(path_, true)),
        opened_(file_ != nullptr) {}
  ~Draft() {
    if (file_) std::fclose(file_);
    if (opened_ && !kept_) removeFile(path_);
  }
  Draft(const Draft&) = delete;

  bool opened() const { return opened_; }
  const std::string& target() const { return target_; }

  bool add(std::string_view bytes) {
    hash_.update(bytes);
    length_ += bytes.size();
    healthy_ = healthy_ && std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size();
    return healthy_;
  }
  uint64_t length() const { return length_; }
  bool healthy() const { return healthy_; }
  std::string sha256() { return hash_.finish(); }

  bool keep() {
    const bool written = std::fflush(file_) == 0;  // Not every fclose tells.
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    kept_ = written && closed && replaceFile(path_, target_);
    return kept_;
  }

 private:
  std::string target_;
  std::string path_;
  std::FILE* file_;
  bool opened_;
  Sha256 hash_;
  uint64_t length_ = 0;
  bool healthy_ = true;
  bool kept_ = false;
};

/** How a try ended, and the sentence about one that failed. */
struct Ending {
  Exit exit;
  std::string line;
};

/** Judges what came against what was promised. */
Ending judge(Draft& draft, const Offer& offer) {
  const std::string arrived = std::to_string(draft.length()) + " bytes";
  if (offer.size && draft.length() != *offer.size) {
    return {Exit::damagedFile,
            "The file is damaged: " + arrived + " came, not " + std::to_string(*offer.size)};
  }
  const std::string sha256 = draft.sha256();
  if (!offer.sha256.empty() && sha256 != offer.sha256) {
    return {Exit::damagedFile, "The file is damaged: its SHA-256 is " + sha256 + ", not " +
                                   offer.sha256 + ". It was not kept."};
  }
  if (!draft.keep()) return {Exit::machine, "Cannot write " + draft.target()};
  say("Saved " + draft.target() + " (" + arrived + ")");
  say(offer.sha256.empty() ? "The server gave no SHA-256 to compare; it is " + sha256
                           : "SHA-256 is as it should be: " + sha256);
  return {Exit::done, {}};
}

/** Has the file offered, and fetches what is offered. */
Ending fetchOffered(const Server& server, const std::string& sessionToken,
                    const std::string& fileId, const std::string& folder) {
  // A link, even of an application whose files are answered with their bytes.
  const Reply reply = server.call("file", {{"sessionToken", sessionToken},
                                           {"fileId", fileId},
                                           {"raw", "false", true}});
  if (!reply.good()) return {reply.outcome, reply.message};
  const Offer offer = {reply.data["name"].text(), reply.data["downloadUrl"].text(),
                       reply.data["sha256"].text(), reply.data["size"].whole()};
  if (offer.url.empty() || offer.url.front() != '/') {
    return {Exit::unreachable, "The server did not say where the file is"};
  }
  Draft draft(folder + '/' + safeFileName(offer.name));
  if (!draft.opened()) return {Exit::machine, "Cannot write " + draft.target()};
  const Reply came = server.download(offer.url, [&](std::string_view bytes) {
    return draft.add(bytes) && (!offer.size || draft.length() <= *offer.size);
  });
  if (!draft.healthy()) return {Exit::machine, "Cannot write " + draft.target()};
  // A file that broke off is told by its size, in clearer words than the connection's.
  if (!came.good() && draft.length() == 0) return {came.outcome, came.message};
  if (!came.good() && !offer.size) return {Exit::damagedFile, came.message};
  return judge(draft, offer);
}

/** Whether Windows takes a name for a device, whatever stands behind its first dot. */
bool isDevice(const std::string& name) {
  std::string stem = name.substr(0, name.find('.'));
  stem.resize(stem.find_last_not_of(' ') + 1);
  for (char& letter : stem) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  for (const char* device : {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}) {
    if (stem == device) return true;
  }
  if (stem.rfind("COM", 0) != 0 && stem.rfind("LPT", 0) != 0) return false;
  const std::string number = stem.substr(3);
  if (number.size() == 1) return number[0] >= '0' && number[0] <= '9';
  // The superscript ones: to Windows they are digits.
  return number == "\u00b9" || number == "\u00b2" || number == "\u00b3";
}

}  // namespace

std::string safeFileName(const std::string& name) {
  std::string safe;
  for (const char next : visible(name)) {
    const bool special = std::string_view("/\\:*?\"<>|").find(next) != std::string_view::npos;
    safe += special ? '_' : next;
  }
  while (!safe.empty() && (safe.back() == '.' || safe.back() == ' ')) safe.pop_back();
  safe.erase(0, std::min(safe.size(), safe.find_first_not_of(". ")));
  if (safe.size() > NAME_MAX_BYTES) {
    size_t end = NAME_MAX_BYTES;
    while (end > 0 && (safe[end] & 0xc0) == 0x80) end--;  // Not within a character.
    safe.resize(end);
  }
  if (safe.empty()) return "download";
  return isDevice(safe) ? '_' + safe : safe;
}

Exit downloadFile(const Server& server, const std::string& sessionToken, const std::string& fileId,
                  const std::string& folder) {
  Ending ending = fetchOffered(server, sessionToken, fileId, folder);
  // It may have been replaced after it was offered: then what came is whole, and offered now.
  if (ending.exit == Exit::damagedFile) {
    ending = fetchOffered(server, sessionToken, fileId, folder);
  }
  if (ending.exit != Exit::done) complain(ending.line);
  return ending.exit;
}

}  // namespace loader
