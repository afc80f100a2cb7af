#define _CRT_RAND_S
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <windows.h>

#include "../core/loader.hpp"
#include "../core/platform.hpp"
#include "wide.hpp"

namespace loader {

std::wstring wide(std::string_view text) {
  const int size = static_cast<int>(text.size());
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
  std::wstring result(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), size, result.data(), length);
  return result;
}

std::string narrow(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  const int length =
      WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string result(static_cast<size_t>(length), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), length, nullptr, nullptr);
  return result;
}

namespace {

constexpr size_t LINE_MAX_BYTES = 4096;
constexpr DWORD PATH_MAX_CHARACTERS = 32768;

/** The serial number of the disk with Windows on it, eight hexadecimal digits. */
std::string diskSerial() {
  wchar_t root[MAX_PATH] = L"";
  if (GetSystemWindowsDirectoryW(root, MAX_PATH) < 3) return {};
  root[3] = L'\0';  // C:\ of C:\Windows
  DWORD serial = 0;
  if (!GetVolumeInformationW(root, nullptr, 0, &serial, nullptr, nullptr, nullptr, 0)) return {};
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08lX", serial);
  return digits;
}

std::string computerName() {
  wchar_t name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD length = MAX_COMPUTERNAME_LENGTH + 1;
  return GetComputerNameW(name, &length) ? narrow({name, length}) : std::string();
}

std::optional<std::string> lineOfConsole(HANDLE input) {
  std::wstring line;
  for (;;) {
    wchar_t next;
    DWORD got = 0;
    if (!ReadConsoleW(input, &next, 1, &got, nullptr) || got == 0) return std::nullopt;
    if (next == L'\n') return narrow(line);
    if (next != L'\r' && line.size() < LINE_MAX_BYTES) line += next;
  }
}

std::optional<std::string> lineOfPipe(HANDLE input) {
  std::string line;
  for (;;) {
    char next;
    DWORD got = 0;
    if (!ReadFile(input, &next, 1, &got, nullptr) || got == 0) {
      return line.empty() ? std::nullopt : std::optional(line);
    }
    if (next == '\n') return line;
    if (next != '\r' && line.size() < LINE_MAX_BYTES) line += next;
  }
}

}  // namespace

std::string hardwareText() {
  const std::string serial = diskSerial();
  const std::string name = computerName();
  // The name alone would be the id of every machine that is called so.
  return serial.empty() || name.empty() ? std::string() : serial + name;
}

std::string ownPath() {
  std::wstring path(PATH_MAX_CHARACTERS, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), PATH_MAX_CHARACTERS));
  return narrow(path);
}

uint64_t randomNumber() {
  unsigned int high = 0;
  unsigned int low = 0;
  rand_s(&high);
  rand_s(&low);
  return static_cast<uint64_t>(high) << 32 | low;
}

std::optional<std::string> ask(std::string_view question, bool hidden) {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  DWORD mode;
  const bool onConsole = GetConsoleMode(input, &mode);
  if (onConsole && hidden) SetConsoleMode(input, mode & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
  write(question, false);
  const std::optional<std::string> line = onConsole ? lineOfConsole(input) : lineOfPipe(input);
  if (onConsole && hidden) {
    SetConsoleMode(input, mode);
    write("\n", false);
  }
  return line;
}

void write(std::string_view text, bool toErrors) {
  const HANDLE output = GetStdHandle(toErrors ? STD_ERROR_HANDLE : STD_OUTPUT_HANDLE);
  DWORD mode;
  DWORD done;
  if (GetConsoleMode(output, &mode)) {
    const std::wstring shown = wide(text);
    WriteConsoleW(output, shown.data(), static_cast<DWORD>(shown.size()), &done, nullptr);
  } else {
    WriteFile(output, text.data(), static_cast<DWORD>(text.size()), &done, nullptr);
  }
}

void lingerIfOwnWindow() {
  DWORD processes[2];
  if (GetConsoleProcessList(processes, 2) == 1) ask("Press Enter to close this window. ");
}

std::FILE* openFile(const std::string& path, bool writing) {
  if (!writing) return _wfopen(wide(path).c_str(), L"rb");
  const int flags = _O_CREAT | _O_EXCL | _O_WRONLY | _O_BINARY;
  const int file = _wopen(wide(path).c_str(), flags, _S_IREAD | _S_IWRITE);
  return file < 0 ? nullptr : _wfdopen(file, L"wb");
}

bool replaceFile(const std::string& from, const std::string& to) {
  return MoveFileExW(wide(from).c_str(), wide(to).c_str(), MOVEFILE_REPLACE_EXISTING);
}

void removeFile(const std::string& path) { DeleteFileW(wide(path).c_str()); }

}  // namespace loader

int wmain(int count, wchar_t** words) {
  std::vector<std::string> arguments;
  for (int i = 1; i < count; i++) arguments.push_back(loader::narrow(words[i]));
  return loader::run(arguments);
}
