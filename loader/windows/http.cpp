// HTTP through WinHTTP, which every Windows has: its proxy settings and its certificates hold.
#include <windows.h>
#include <winhttp.h>

#include "../core/platform.hpp"
#include "wide.hpp"

namespace loader {
namespace {

/**
 * winhttp.dll of the system. Linked in the usual way, one that lies beside the loader, in a folder full of downloads, would
 * be taken instead.
 */
struct WinHttp {
  HMODULE module = LoadLibraryExW(L"winhttp.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);

  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module, name)));
  }

  WinHttp() {
    find(closeHandle, "WinHttpCloseHandle");
    find(connect, "WinHttpConnect");
    find(crackUrl, "WinHttpCrackUrl");
    find(open, "WinHttpOpen");
    find(openRequest, "WinHttpOpenRequest");
    find(queryHeaders, "WinHttpQueryHeaders");
    find(readData, "WinHttpReadData");
    find(receiveResponse, "WinHttpReceiveResponse");
    find(sendRequest, "WinHttpSendRequest");
    find(setOption, "WinHttpSetOption");
    find(setTimeouts, "WinHttpSetTimeouts");
  }

  decltype(&WinHttpCloseHandle) closeHandle;
  decltype(&WinHttpConnect) connect;
  decltype(&WinHttpCrackUrl) crackUrl;
  decltype(&WinHttpOpen) open;
  decltype(&WinHttpOpenRequest) openRequest;
  decltype(&WinHttpQueryHeaders) queryHeaders;
  decltype(&WinHttpReadData) readData;
  decltype(&WinHttpReceiveResponse) receiveResponse;
  decltype(&WinHttpSendRequest) sendRequest;
  decltype(&WinHttpSetOption) setOption;
  decltype(&WinHttpSetTimeouts) setTimeouts;
};

const WinHttp& winHttp() {
  static const WinHttp library;
  return library;
}

/** A handle that closes itself. */
class Handle {
 public:
  explicit Handle(HINTERNET handle) : handle_(handle) {}
  ~Handle() {
    if (handle_) winHttp().closeHandle(handle_);
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
  const DWORD length = FormatMessageW(flags, winHttp().module, code, 0, words, 512, nullptr);
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
  if (!winHttp().crackUrl(wide(url).c_str(), 0, 0, &parts)) return false;
  address.port = parts.nPort;
  address.secure = parts.nScheme == INTERNET_SCHEME_HTTPS;
  return true;
}

bool send(HINTERNET request, const std::string* json) {
  // A redirect would carry the credentials to somebody else.
  DWORD never = WINHTTP_OPTION_REDIRECT_POLICY_NEVER;
  winHttp().setOption(request, WINHTTP_OPTION_REDIRECT_POLICY, &never, sizeof never);
  const DWORD size = json ? static_cast<DWORD>(json->size()) : 0;
  void* body = json ? const_cast<char*>(json->data()) : nullptr;
  const wchar_t* headers = json ? L"Content-Type: application/json\r\n" : nullptr;
  const DWORD terminated = headers ? static_cast<DWORD>(-1) : 0;
  return winHttp().sendRequest(request, headers, terminated, body, size, size, 0) &&
         winHttp().receiveResponse(request, nullptr);
}

int statusOf(HINTERNET request) {
  DWORD status = 0;
  DWORD size = sizeof status;
  winHttp().queryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, nullptr,
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
    if (!winHttp().readData(request, block, sizeof block, &length)) return failure();
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
  const Handle session(winHttp().open(L"Latchkey-Loader/1", WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY,
                                      WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0));
  if (!session) return failure();
  const int patienceMs = PATIENCE_SECONDS * 1000;
  winHttp().setTimeouts(session, patienceMs, patienceMs, patienceMs, patienceMs);
  const Handle connection(winHttp().connect(session, address.host, address.port, 0));
  if (!connection) return failure();
  const DWORD flags = address.secure ? WINHTTP_FLAG_SECURE : 0;
  const Handle request(winHttp().openRequest(connection, json ? L"POST" : L"GET", address.path, nullptr,
                                             WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES, flags));
  if (!request || !send(request, json)) return failure();
  return receive(request, sink);
}

}  // namespace

Answer post(const std::string& url, const std::string& json) {
  return exchangeWith(url, &json, nullptr);
}

Answer fetch(const std::string& url, const Sink& sink) { return exchangeWith(url, nullptr, &sink); }

}  // namespace loader
