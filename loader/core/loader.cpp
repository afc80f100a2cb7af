#include "loader.hpp"

#include "config.hpp"
#include "download.hpp"
#include "hash.hpp"
#include "platform.hpp"
#include "server.hpp"
#include "terminal.hpp"

namespace loader {
namespace {

constexpr std::string_view HELP =
    "Options:\n"
    "  --folder <path>  where the file is saved; asked for when absent\n"
    "  --about          tells which application and server this is for, and this machine's id\n"
    "  --help           this text\n"
    "Answers are read line by line from the standard input.\n"
    "Exit status: 0 done, 1 fault of this machine, 2 unknown option, 3 server unreachable,\n"
    "4 refused by the server, 5 file damaged on the way, 6 loader without a good configuration.\n";

struct Options {
  std::string folder;
  bool about = false;
  bool help = false;
};

/** What people sign in with; what they left out is empty. */
struct Credentials {
  std::string username;
  std::string password;
  std::string key;
};

bool readOptions(const std::vector<std::string>& arguments, Options& options) {
  for (size_t i = 0; i < arguments.size(); i++) {
    if (arguments[i] == "--help") {
      options.help = true;
    } else if (arguments[i] == "--about") {
      options.about = true;
    } else if (arguments[i] == "--folder" && i + 1 < arguments.size()) {
      options.folder = arguments[++i];
    } else {
      return false;
    }
  }
  return true;
}

/** The recipe of the documents: MD5, in lower-case hexadecimal, over what the system tells. */
std::string hardwareId() {
  const std::string text = hardwareText();
  return text.empty() ? text : digest<Md5>(text);
}

/** SHA-256 of this program, which the hash check of an application compares. */
std::string ownHash() {
  std::FILE* file = openFile(ownPath(), false);
  if (!file) return {};
  Sha256 hash;
  char block[4096];
  size_t length;
  while ((length = std::fread(block, 1, sizeof block, file)) > 0) {
    hash.update(std::string_view(block, length));
  }
  std::fclose(file);
  return hash.finish();
}

/** Asks for what the sign-in needs; false when the user gave none. */
bool askCredentials(AuthType type, Credentials& given) {
  const bool either = type == AuthType::both;
  if (type != AuthType::license) {
    given.username = ask(either ? "User name (empty for a key alone): " : "User name: ").value_or("");
    if (!given.username.empty()) given.password = ask("Password: ", true).value_or("");
  }
  const bool named = !given.username.empty();
  if (type == AuthType::license || (either && !named)) {
    given.key = ask("Licence key: ").value_or("");
  } else if (either) {
    given.key = ask("Licence key (only for a new user, else empty): ").value_or("");
  }
  return named ? !given.password.empty() : !given.key.empty();
}

/** Signs in; a new user, who brings a key as well, is registered first. */
Reply signIn(const Server& server, const Credentials& given, const std::string& hwid) {
  if (given.username.empty()) {
    return server.call("license", {{"licenseKey", given.key}, {"hwid", hwid}});
  }
  const Fields user = {
      {"username", given.username}, {"password", given.password}, {"hwid", hwid}};
  if (!given.key.empty()) {
    Fields registration = user;
    registration.push_back({"licenseKey", given.key});
    const Reply registered = server.call("register", registration);
    if (!registered.good()) return registered;
    say(registered.message);
  }
  return server.call("login", user);
}

void welcome(const Reply& session) {
  const std::string until = session.data["expiresAt"].text();
  say(session.message);
  say(until.empty() ? "Valid for ever" : "Valid until " + until);
}

Exit explain(const Reply& reply) {
  complain(reply.message);
  return reply.outcome;
}

Exit tellsNoId() {
  complain("This machine does not tell what its id is made of, such as the serial number of its disk");
  return Exit::machine;
}

Exit about(const Config& config) {
  const std::string hwid = hardwareId();
  say(config.title);
  say("Application " + config.appId);
  say("Server " + config.apiUrl);
  if (hwid.empty()) return tellsNoId();
  say("This machine " + hwid);
  return Exit::done;
}

Exit fetchFile(const Server& server, const Config& config, const std::string& token,
               const Options& options) {
  std::string folder = options.folder;
  if (folder.empty()) folder = ask("Folder to save the file in (empty for this one): ").value_or("");
  return downloadFile(server, token, config.fileId, folder.empty() ? "." : folder);
}

Exit visit(const Config& config, const Options& options) {
  say(config.title);
  const Server server(config);
  const Reply app = server.call("init", {{"hash", ownHash()}});
  if (!app.good()) return explain(app);
  say(app.data["name"].text() + ' ' + app.data["version"].text());
  Credentials given;
  if (!askCredentials(config.authType, given)) {
    complain("Nothing to sign in with was given");
    return Exit::usage;
  }
  const std::string hwid = hardwareId();
  if (hwid.empty()) return tellsNoId();
  const Reply session = signIn(server, given, hwid);
  if (!session.good()) return explain(session);
  welcome(session);
  const std::string token = session.data["sessionToken"].text();
  const Reply checked = server.call("check", {{"sessionToken", token}});
  if (!checked.good()) return explain(checked);
  say(checked.message);
  return config.fileId.empty() ? Exit::done : fetchFile(server, config, token, options);
}

Exit start(const std::vector<std::string>& arguments) {
  Options options;
  if (!readOptions(arguments, options)) {
    write(HELP, true);
    return Exit::usage;
  }
  if (options.help) {
    write(HELP, false);
    return Exit::done;
  }
  Config config;
  switch (readConfig(config)) {
    case ConfigState::missing:
      complain("This is a template without a configuration: have the server build a loader from it");
      return Exit::config;
    case ConfigState::damaged:
      complain("The configuration of this loader is damaged; fetch it again");
      return Exit::config;
    case ConfigState::good: break;
  }
  return options.about ? about(config) : visit(config, options);
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  const Exit exit = start(arguments);
  lingerIfOwnWindow();
  return static_cast<int>(exit);
}

}  // namespace loader
