#include "server.hpp"

namespace loader {
namespace {

/** An answer in the server's envelope: {success, message?, data?}. */
Reply replyOf(const Answer& answer) {
  Reply reply;
  if (answer.status == 0) {
    reply.message = "The server cannot be reached: " + answer.body;
    return reply;
  }
  const std::optional<Json> json = Json::parse(answer.body);
  const std::string message = json ? (*json)["message"].text() : std::string();
  if (json && (*json)["success"].isTrue() && answer.status == 200) {
    reply.outcome = Exit::done;
    reply.message = message;
    reply.data = (*json)["data"];
  } else if (!message.empty()) {
    reply.outcome = answer.status < 500 ? Exit::refused : Exit::unreachable;
    reply.message = message;
  } else {
    reply.message = "The server's answer makes no sense (HTTP " + std::to_string(answer.status) +
                    "); check its address";
  }
  return reply;
}

}  // namespace

Reply Server::call(std::string_view type, Fields fields) const {
  fields.insert(fields.begin(), {{"type", std::string(type)},
                                 {"appId", config_.appId},
                                 {"apiKey", config_.apiKey}});
  return replyOf(post(config_.apiUrl + "/v1", jsonObject(fields)));
}

Reply Server::download(const std::string& path, const Sink& sink) const {
  const Answer answer = fetch(config_.apiUrl + path, sink);
  if (answer.status != 200) return replyOf(answer);
  Reply reply;
  reply.outcome = Exit::done;
  return reply;
}

}  // namespace loader
