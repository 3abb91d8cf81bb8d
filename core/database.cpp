#include "core/database.h"

#include <cerrno>
#include <system_error>

#ifdef SENTIX_SQLITE
#include "core/sqlite/sqlite_database.h"
#endif

namespace sentix::core {

std::unique_ptr<Database> open_database(const std::string& data_dir) {
  try {
#ifdef SENTIX_SQLITE
    return std::make_unique<SqliteDatabase>(data_dir);
#else
    throw std::runtime_error("this build has no SQLite (SENTIX_SQLITE is off)");
#endif
  } catch (const std::runtime_error& error) {
    throw std::system_error(EINVAL, std::generic_category(), "cannot use data_dir " + data_dir + ": " + error.what());
  }
}

}  // namespace sentix::core
