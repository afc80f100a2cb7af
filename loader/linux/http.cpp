// HTTP through libcurl, which nearly every Linux has. It is looked up when the program runs, so that one executable works
// with either flavour of it, and a machine without it gets a sentence to read instead of an error of the linker.
#include <dlfcn.h>

#include "../core/platform.hpp"

namespace loader {
namespace {

using Curl = void;
struct List;

// As much of libcurl's interface as is used; its numbers never change under one soname (curl/curl.h).
constexpr int OPT_TIMEOUT_CONNECT = 78;
constexpr int OPT_LOW_SPEED_LIMIT = 19;
constexpr int OPT_LOW_SPEED_TIME = 20;
constexpr int OPT_NO_SIGNAL = 99;
constexpr int OPT_POST_SIZE = 60;
constexpr int OPT_WRITE_DATA = 10001;
constexpr int OPT_URL = 10002;
constexpr int OPT_ERROR_BUFFER = 10010;
constexpr int OPT_POST_FIELDS = 10015;
constexpr int OPT_USER_AGENT = 10018;
constexpr int OPT_HEADERS = 10023;
constexpr int OPT_WRITE_FUNCTION = 20011;
constexpr int INFO_STATUS = 0x200002;
constexpr size_t ERROR_SIZE = 256;

struct Library {
  Curl* (*open)() = nullptr;
  int (*set)(Curl*, int, ...) = nullptr;
  int (*perform)(Curl*) = nullptr;
  int (*info)(Curl*, int, ...) = nullptr;
  void (*close)(Curl*) = nullptr;
  const char* (*explain)(int) = nullptr;
  List* (*append)(List*, const char*) = nullptr;
  void (*free)(List*) = nullptr;
  bool complete = false;

  Library() {
    for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"}) {
      void* library = dlopen(name, RTLD_NOW);
      if (!library) continue;
      complete = find(library, "curl_easy_init", open) && find(library, "curl_easy_setopt", set) &&
                 find(library, "curl_easy_perform", perform) &&
                 find(library, "curl_easy_getinfo", info) &&
                 find(library, "curl_easy_cleanup", close) &&
                 find(library, "curl_easy_strerror", explain) &&
                 find(library, "curl_slist_append", append) &&
                 find(library, "curl_slist_free_all", free);
      if (complete) return;
    }
  }

 private:
  template <class Function>
  static bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
  }
};

/** One request under way. */
struct Exchange {
  const Library& curl;
  Curl* handle;
  const Sink* sink;
  Answer answer;
};

long statusOf(const Exchange& exchange) {
  long status = 0;
  exchange.curl.info(exchange.handle, INFO_STATUS, &status);
  return status;
}

size_t receive(const char* bytes, size_t size, size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const std::string_view block(bytes, size * count);
  if (exchange.sink && statusOf(exchange) == 200) {
    return (*exchange.sink)(block) ? block.size() : 0;
  }
  exchange.answer.body += block;
  return exchange.answer.body.size() <= ANSWER_MAX ? block.size() : 0;
}

Answer exchangeWith(const std::string& url, const std::string* json, const Sink* sink) {
  static const Library curl;
  if (!curl.complete) return {0, "libcurl is missing on this machine; install libcurl4 (or curl)"};
  Curl* handle = curl.open();
  if (!handle) return {0, "libcurl cannot be started"};
  Exchange exchange{curl, handle, sink, {}};
  char problem[ERROR_SIZE] = "";
  List* headers = nullptr;
  curl.set(handle, OPT_URL, url.c_str());
  curl.set(handle, OPT_USER_AGENT, "Latchkey-Loader/1");
  curl.set(handle, OPT_NO_SIGNAL, 1L);
  curl.set(handle, OPT_TIMEOUT_CONNECT, static_cast<long>(PATIENCE_SECONDS));
  curl.set(handle, OPT_LOW_SPEED_LIMIT, 1L);
  curl.set(handle, OPT_LOW_SPEED_TIME, static_cast<long>(PATIENCE_SECONDS));
  curl.set(handle, OPT_ERROR_BUFFER, problem);
  curl.set(handle, OPT_WRITE_FUNCTION, &receive);
  curl.set(handle, OPT_WRITE_DATA, &exchange);
  if (json) {
    headers = curl.append(nullptr, "Content-Type: application/json");
    curl.set(handle, OPT_HEADERS, headers);
    curl.set(handle, OPT_POST_SIZE, static_cast<long>(json->size()));
    curl.set(handle, OPT_POST_FIELDS, json->c_str());
  }
  const int failure = curl.perform(handle);
  exchange.answer.status = failure == 0 ? static_cast<int>(statusOf(exchange)) : 0;
  if (failure != 0) exchange.answer.body = *problem ? problem : curl.explain(failure);
  curl.free(headers);
  curl.close(handle);
  return exchange.answer;
}

}  // namespace

Answer post(const std::string& url, const std::string& json) {
  return exchangeWith(url, &json, nullptr);
}

Answer fetch(const std::string& url, const Sink& sink) { return exchangeWith(url, nullptr, &sink); }

}  // namespace loader
