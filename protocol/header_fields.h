#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sentix::protocol {

struct HeaderField {
  std::string_view name;   // as the client spelled it; compare with equal_ignoring_case()
  std::string_view value;  // without the whitespace around it; may be empty
};

// The header fields of one request, in their order of arrival. Borrows every byte from the request head and allocates
// nothing: an array of kCapacity views (3.2 KB), which lives on a stack or in a worker, never in a connection.
class HeaderFields {
 public:
  static constexpr std::size_t kCapacity = 100;

  void clear() { size_ = 0; }
  void add(HeaderField field) {  // the parser refuses a head that has more than kCapacity
    assert(size_ < kCapacity);
    fields_[size_++] = field;
  }

  [[nodiscard]] std::span<const HeaderField> all() const { return {fields_.data(), size_}; }

  // The value of the first field of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;

  // All values of that name joined by ", ": RFC 9110 §5.3 gives repeated list fields that meaning. Empty where there is
  // none.
  [[nodiscard]] std::string joined(std::string_view name) const;

  // Whether one of the comma-separated elements of all fields of that name is `element`, in any case: how Connection
  // and Upgrade are read. Elements that are not well-formed are passed over.
  [[nodiscard]] bool has_element(std::string_view name, std::string_view element) const;

 private:
  std::array<HeaderField, kCapacity> fields_;
  std::size_t size_ = 0;
};

}  // namespace sentix::protocol
