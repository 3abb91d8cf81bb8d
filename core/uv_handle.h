#pragma once

#include <uv.h>

#include <memory>

namespace sentix::core {

// A handle of libuv on the heap that was initialized. Who lets go of it closes it: no callback of it comes any more,
// and its memory goes when its loop, which has to be run for that, has taken leave of it.
template <class Handle>
struct CloseUvHandle {
  void operator()(Handle* handle) const {
    uv_close(reinterpret_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
  }
};

template <class Handle>
using UvHandle = std::unique_ptr<Handle, CloseUvHandle<Handle>>;

// `init(Handle*)` is libuv's; null where it fails, which timers and prepare handles never do.
template <class Handle, class Init>
UvHandle<Handle> make_uv_handle(void* data, Init&& init) {
  auto handle = std::make_unique<Handle>();
  if (init(handle.get()) != 0) {
    return nullptr;
  }
  handle->data = data;
  return UvHandle<Handle>(handle.release());
}

}  // namespace sentix::core
