// HTTP through WinHTTP, which every Windows has: its proxy settings and its certificates hold.
#include <windows.h>
#include <winhttp.h>

#include "../core/platform.hpp"
#include "wide.hpp"

namespace loader {
namespace {

/** A handle that closes itself. */
class Handle {
 public:
  explicit Handle(HINTERNET handle) : handle_(handle) {}
  ~Handle() {
    if (handle_) WinHttpCloseHandle(handle_);
  }
  Handle(const Handle&) = delete;
  operator HINTERNET() const { return handle_; }

 private:
  HINTERNET handle_;
};

/** What went wrong last, in the words of Windows. */
Answer failure() {
  const DWORD code = GetLastError();
  wchar_t words[512];
  const DWORD flags = FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM |
                      FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  const DWORD length =
      FormatMessageW(flags, GetModuleHandleW(L"winhttp.dll"), code, 0, words, 512, nullptr);
  std::string text = narrow({words, length});
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  if (!text.empty()) text += ' ';
  return {0, text + "(error " + std::to_string(code) + ')'};
}

struct Address {
  wchar_t host[256];
  wchar_t path[2048];
  INTERNET_PORT port;
  bool secure;
};

bool crack(const std::string& url, Address& address) {
  URL_COMPONENTS parts = {};
  parts.dwStructSize = sizeof parts;
  parts.lpszHostName = address.host;
  parts.dwHostNameLength = 256;
  parts.lpszUrlPath = address.path;  // The query comes along.
  parts.dwUrlPathLength = 2048;
  if (!WinHttpCrackUrl(wide(url).c_str(), 0, 0, &parts)) return false;
  address.port = parts.nPort;
  address.secure = parts.nScheme == INTERNET_SCHEME_HTTPS;
  return true;
}

bool send(HINTERNET request, const std::string* json) {
  // A redirect would carry the credentials to somebody else.
  DWORD never = WINHTTP_OPTION_REDIRECT_POLICY_NEVER;
  WinHttpSetOption(request, WINHTTP_OPTION_REDIRECT_POLICY, &never, sizeof never);
  const DWORD size = json ? static_cast<DWORD>(json->size()) : 0;
  void* body = json ? const_cast<char*>(json->data()) : nullptr;
  const wchar_t* headers = json ? L"Content-Type: application/json\r\n" : nullptr;
  return WinHttpSendRequest(request, headers, headers ? static_cast<DWORD>(-1) : 0, body, size,
                            size, 0) &&
         WinHttpReceiveResponse(request, nullptr);
}

int statusOf(HINTERNET request) {
  DWORD status = 0;
  DWORD size = sizeof status;
  WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, nullptr,
                      &status, &size, nullptr);
  return static_cast<int>(status);
}

Answer receive(HINTERNET request, const Sink* sink) {
  Answer answer;
  answer.status = statusOf(request);
  const bool toSink = sink && answer.status == 200;
  char block[16384];
  for (;;) {
    DWORD length = 0;
    if (!WinHttpReadData(request, block, sizeof block, &length)) return failure();
    if (length == 0) return answer;
    const std::string_view bytes(block, length);
    if (!toSink) answer.body += bytes;
    if (toSink ? !(*sink)(bytes) : answer.body.size() > ANSWER_MAX) {
      return {0, "the answer is too long"};
    }
  }
}

Answer exchangeWith(const std::string& url, const std::string* json, const Sink* sink) {
  Address address;
  if (!crack(url, address)) return failure();
  const Handle session(WinHttpOpen(L"Latchkey-Loader/1", WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY,
                                   WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0));
  if (!session) return failure();
  const int patienceMs = PATIENCE_SECONDS * 1000;
  WinHttpSetTimeouts(session, patienceMs, patienceMs, patienceMs, patienceMs);
  const Handle connection(WinHttpConnect(session, address.host, address.port, 0));
  if (!connection) return failure();
  const Handle request(WinHttpOpenRequest(connection, json ? L"POST" : L"GET", address.path,
                                          nullptr, WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
                                          address.secure ? WINHTTP_FLAG_SECURE : 0));
  if (!request || !send(request, json)) return failure();
  return receive(request, sink);
}

}  // namespace

Answer post(const std::string& url, const std::string& json) {
  return exchangeWith(url, &json, nullptr);
}

Answer fetch(const std::string& url, const Sink& sink) { return exchangeWith(url, nullptr, &sink); }

}  // namespace loader
