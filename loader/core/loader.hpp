// The loader: signs its user in at the server, then fetches the file it is for.
#pragma once

#include <string>
#include <vector>

namespace loader {

/** The whole program; `arguments` without its name. Gives the exit status. */
int run(const std::vector<std::string>& arguments);

}  // namespace loader
