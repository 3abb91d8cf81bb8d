#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sentix::auth {

// The SHA-256 of something (FIPS 180-4), as bytes.
using Digest = std::array<std::byte, 32>;

[[nodiscard]] Digest sha256(std::string_view text);

// 64 lower-case hexadecimal digits, and back; either case is read, nullopt for anything that is not exactly that.
[[nodiscard]] std::string to_hex(const Digest& digest);
[[nodiscard]] std::optional<Digest> parse_digest(std::string_view hex);

// Whether two secrets are the same, in a time that tells nothing about where they differ, nor how long the expected one
// is.
[[nodiscard]] bool equal(std::string_view given, std::string_view expected);
[[nodiscard]] bool equal(const Digest& given, const Digest& expected);

}  // namespace sentix::auth
