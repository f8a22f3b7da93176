#include "extensions/arguments.h"
#include "extensions/extensions.h"
#include "extensions/process_group.h"
#include "extensions/store.h"

#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

using namespace inception;

int inc_group_create_nccl(const inc_store_callbacks* callbacks, int rank, int size, int64_t timeout_ms, inc_group** group) {
    return guarded([&] {
        const std::chrono::milliseconds timeout(timeout_ms);
        const auto store = c10::make_intrusive<CallbackStore>(*callbacks, timeout);
        require(size >= 1 && rank >= 0 && rank < size, c10::str("rank ", rank, " of ", size));
#ifdef USE_C10D_NCCL
        const auto options = c10d::ProcessGroupNCCL::Options::create();
        options->timeout = timeout;
        const auto backend = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
        *group = new inc_group(backend, [raw = backend.get()] {
#if TORCH_VERSION_MAJOR >= 2
            raw->abort();
#else
            TORCH_CHECK(false, "libtorch ", TORCH_VERSION, " cannot abort an NCCL group; 2.0 and later can");
#endif
        });
#else
        throw StatusError(INC_ERROR, "this build has no NCCL: the native library was built over a libtorch without CUDA");
#endif
    });
}
