// Fetching the file that a loader is for.
#pragma once

#include <string>

#include "server.hpp"

namespace loader {

/**
 * Saves the file into a folder. It appears under its name only when all of it came and its SHA-256
 * is right; what was there under that name is replaced. One that is not right is fetched once more.
 */
Exit downloadFile(const Server& server, const std::string& sessionToken, const std::string& fileId,
                  const std::string& folder);

/** A file name without folders, devices or hidden files in it, whatever the server said. */
std::string safeFileName(const std::string& name);

}  // namespace loader
