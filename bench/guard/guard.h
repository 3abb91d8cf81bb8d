#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sentix::bench_guard {

// Something whose instructions are counted. run(n) does it n times, and nothing else that grows with n: what is set up
// before cancels out between two runs (tools/dev/bench_guard.py).
struct Case {
  using Run = void (*)(std::uint64_t operations);

  std::string name;
  Run run;
};

void add_frame_cases(std::vector<Case>& cases);
void add_command_cases(std::vector<Case>& cases);
void add_handshake_cases(std::vector<Case>& cases);
void add_fan_out_cases(std::vector<Case>& cases);

// A line each: what, a tab, and how many bytes.
void print_sizes();

// Makes the compiler believe that `value` is used here, and that all memory may have changed.
template <typename T>
void use(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

// Ends the program: an operation that went wrong must not be counted as a fast one.
void require(bool condition, const char* sentence);

}  // namespace sentix::bench_guard
