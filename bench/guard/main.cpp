// The program that bench-guard runs under callgrind.
//
//   sentix-bench-guard                     the names of its cases, one a line
//   sentix-bench-guard CASE OPERATIONS     runs one
//   sentix-bench-guard sizes               the sizes of what a connection needs
//
// Exits with 3 where the processor lacks the kernels that the budgets are for.
#include <simdjson.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "bench/guard/guard.h"
#include "protocol/mask.h"

namespace sentix::bench_guard {

void require(bool condition, const char* sentence) {
  if (!condition) {
    std::fprintf(stderr, "sentix-bench-guard: %s\n", sentence);
    std::exit(1);
  }
}

namespace {

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  add_frame_cases(cases);
  add_command_cases(cases);
  add_handshake_cases(cases);
  add_fan_out_cases(cases);
  return cases;
}

// simdjson has no call to choose a kernel before its first use, but a variable: SIMDJSON_FORCE_IMPLEMENTATION=haswell.
bool has_the_kernels() {
  return simdjson::get_active_implementation()->name() == "haswell" &&
         protocol::use_mask_kernel(protocol::MaskKernel::avx2);
}

int run(std::string_view name, std::string_view count) {
  std::uint64_t operations = 0;
  std::from_chars(count.data(), count.data() + count.size(), operations);
  require(operations > 0, "how often?");
  for (const Case& each : all_cases()) {
    if (each.name == name) {
      each.run(operations);
      return 0;
    }
  }
  require(false, "there is no such case");
  return 1;
}

int list() {
  for (const Case& each : all_cases()) {
    std::printf("%s\n", each.name.c_str());
  }
  return 0;
}

}  // namespace
}  // namespace sentix::bench_guard

int main(int argc, char** argv) {
  using namespace sentix::bench_guard;
  if (!has_the_kernels()) {
    std::fprintf(stderr, "sentix-bench-guard: no AVX2 here, or SIMDJSON_FORCE_IMPLEMENTATION is not haswell\n");
    return 3;
  }
  if (argc == 2 && std::string_view(argv[1]) == "sizes") {
    print_sizes();
    return 0;
  }
  return argc == 3 ? run(argv[1], argv[2]) : list();
}
