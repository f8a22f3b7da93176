// The C ABI of extensions/: what TorchSharp lacks, over tensors that it (or our binding) owns.
//
// Conventions are in common/status.h. Every at::Tensor* is borrowed for the call; an operation that outlives its call
// (a collective, a hook) keeps its own reference to the tensor's storage.
#pragma once

#include <cstdint>

#include "common/status.h"

namespace at {
class Tensor;
}

extern "C" {

// --- runtime.cpp ---------------------------------------------------------------------------------------------------

enum inc_runtime_fact : int {
    INC_FACT_LIBTORCH = 0,        // the loaded libtorch's version
    INC_FACT_LIBTORCH_BUILT = 1,  // the version that this library was compiled against
    INC_FACT_ONEDNN = 2,
    INC_FACT_ONEDNN_ISA = 3,  // the instruction set that oneDNN generates code for; empty if it cannot be asked
    INC_FACT_BLAS = 4,        // name and version, e.g. "OpenBLAS 0.3.21 ..."; "reference BLAS" for Netlib's
    INC_FACT_BLAS_CORE = 5,   // the kernels that the BLAS chose for this CPU; empty if it cannot be asked
    INC_FACT_CPU_CAPABILITY = 6,  // the instruction set of ATen's own kernels
    INC_FACT_COMPILER = 7,
};

// The text lives for the rest of the process.
INC_API int inc_runtime_fact(int fact, const char** text);
INC_API int inc_runtime_uses_reference_blas(int* result);

// Intra-op threads of ATen, OpenMP and the BLAS; inter-op threads become 1. Reads all of them back and fails if one
// differs. OpenMP's count belongs to the calling thread, so call it on the thread that trains.
INC_API int inc_runtime_set_threads(int threads);

// cuDNN deterministic without benchmarking, TF32 off, a fixed cuBLAS workspace. Does nothing in builds without CUDA.
INC_API int inc_runtime_set_deterministic_cuda();

// Autocast to bfloat16 for CPU operators, of the calling thread. `previous` takes what leave() restores; the outermost
// leave() drops the cache of cast weights.
INC_API int inc_autocast_cpu_enter(int* previous);
INC_API int inc_autocast_cpu_leave(int previous);
INC_API int inc_autocast_clear_cache();

// --- parameter_views.cpp -------------------------------------------------------------------------------------------

// Makes `parameter` share the storage, sizes and strides of `view`. Sizes and dtype must be equal.
INC_API int inc_parameter_set_data(at::Tensor* parameter, at::Tensor* view);
// Makes `view` the gradient of `parameter`, so that backward adds into it in place.
INC_API int inc_parameter_set_gradient(at::Tensor* parameter, at::Tensor* view);

// --- gradient_hooks.cpp --------------------------------------------------------------------------------------------

typedef struct inc_gradient_hooks inc_gradient_hooks;
typedef void (*inc_bucket_ready)(void* context, int bucket);

// Calls `ready` once a bucket after each arm(), when the last gradient of the bucket's parameters has been accumulated,
// on the autograd thread that did so. Each parameter is a leaf that requires a gradient; each bucket has one at least.
INC_API int inc_hooks_create(at::Tensor* const* parameters, const int* bucket_of_parameter, int parameter_count,
                             int bucket_count, inc_bucket_ready ready, void* context, inc_gradient_hooks** hooks);
INC_API int inc_hooks_arm(inc_gradient_hooks* hooks);
// Not during a backward pass.
INC_API void inc_hooks_free(inc_gradient_hooks* hooks);

// --- fused_update.cpp ----------------------------------------------------------------------------------------------

struct inc_segment {
    int64_t length;  // elements
    double weight_decay;
    bool adaptive;  // inc_update_lars: one tensor, whose own trust ratio multiplies the learning rate
};

// One flat arena a field: contiguous, of the same length, device and dtype (fp32 or fp64).
struct inc_arenas {
    at::Tensor* parameters;
    at::Tensor* gradients;      // only read
    at::Tensor* first_state;    // see the update; null where it has none
    at::Tensor* second_state;   // see the update; null where it has none
    at::Tensor* average;        // exponential moving average of the parameters, or null
    const inc_segment* segments;  // consecutive; their lengths add up to the arenas'
    int64_t segment_count;
    double gradient_scale;  // multiplies each gradient as it is read
    double average_decay;   // average = decay * average + (1 - decay) * parameter, after the update
};

// first_state: momentum buffer, or null for momentum 0.
INC_API int inc_update_sgd(const inc_arenas* arenas, double learning_rate, double momentum, int nesterov);
// first_state: average of squares; second_state: momentum buffer, or null for momentum 0.
INC_API int inc_update_rmsprop(const inc_arenas* arenas, double learning_rate, double decay, double epsilon,
                               double momentum);
// As inc_update_rmsprop, with TensorFlow's epsilon inside the root and its learning rate inside the momentum buffer.
INC_API int inc_update_rmsprop_tf(const inc_arenas* arenas, double learning_rate, double decay, double epsilon,
                                  double momentum);
// LARS ("Large Batch Training of Convolutional Networks", 2017, algorithm 1). An adaptive segment's learning rate is
// multiplied by trust_coefficient * |w| / (|g| + weight_decay * |w|), or by 1 where a norm is 0; the norms' sums are those of
// inc_sum_of_squares over the segment. first_state: momentum buffer, which holds learning rates too, or null for momentum 0.
INC_API int inc_update_lars(const inc_arenas* arenas, double learning_rate, double trust_coefficient, double momentum,
                            int nesterov);
// first_state, second_state: first and second moment. step counts from 1.
INC_API int inc_update_adamw(const inc_arenas* arenas, double learning_rate, double beta1, double beta2,
                             double epsilon, int64_t step);

// --- fixed_order_sum.cpp -------------------------------------------------------------------------------------------

// The sum of squares of the first `length` elements, in the order that fixed_order_sum.cpp documents.
INC_API int inc_sum_of_squares(at::Tensor* arena, int64_t length, double* result);
// destination[i] += source[i]; offsets and lengths in elements.
INC_API int inc_arena_add(at::Tensor* destination, int64_t destination_offset, at::Tensor* source,
                          int64_t source_offset, int64_t length);
INC_API int inc_arena_copy(at::Tensor* destination, int64_t destination_offset, at::Tensor* source,
                           int64_t source_offset, int64_t length);

// --- direct_convolution.cpp, normalize_relu.cpp ----------------------------------------------------------------------

// Whether the two layers below take it: fp32 or fp64, four dimensions, not empty, on the CPU, outside autocast.
INC_API int inc_layers_supported(at::Tensor* input, int* supported);

// `result` is a tensor of the caller's that is made to refer to the outcome, with its autograd graph.

// N×C×H×W by out×C×h×w, without bias. stride, padding: height and width.
INC_API int inc_convolution(at::Tensor* input, at::Tensor* weight, const int64_t* stride, const int64_t* padding,
                            at::Tensor* result);
// ReLU of a batch normalization on the CPU, fp32 or fp64; channels-last out, and best so in. training: by the batch,
// whose mean and unbiased variance are averaged into the running ones with weight `momentum`. Otherwise by the running
// ones, where no gradient is recorded. Cannot be differentiated twice.
INC_API int inc_normalize_relu(at::Tensor* input, at::Tensor* weight, at::Tensor* bias, at::Tensor* running_mean,
                               at::Tensor* running_var, int training, double momentum, double epsilon,
                               at::Tensor* result);

// --- store.cpp -----------------------------------------------------------------------------------------------------

typedef struct inc_reply inc_reply;

// The rendezvous store as callbacks, called on the thread that creates the group. Each returns a Status; it must not
// throw. The reply takes the value of a get or compare_set, or the message of a failure. Keys are UTF-8.
struct inc_store_callbacks {
    void* context;
    int (*set)(void* context, const char* key, const uint8_t* value, int64_t length, inc_reply* reply);
    int (*get)(void* context, const char* key, int64_t timeout_ms, inc_reply* reply);
    int (*add)(void* context, const char* key, int64_t amount, int64_t* result, inc_reply* reply);
    int (*compare_set)(void* context, const char* key, const uint8_t* expected, int64_t expected_length,
                       const uint8_t* desired, int64_t desired_length, inc_reply* reply);
    int (*check)(void* context, const char* const* keys, int count, int* result, inc_reply* reply);
    int (*wait)(void* context, const char* const* keys, int count, int64_t timeout_ms, inc_reply* reply);
    int (*remove)(void* context, const char* key, int* result, inc_reply* reply);
    int (*count)(void* context, int64_t* result, inc_reply* reply);
    // Called once, when nothing refers to the store any more, from whichever thread drops it.
    void (*release)(void* context);
};

INC_API int inc_reply_write(inc_reply* reply, const uint8_t* bytes, int64_t length);

// --- process_group.cpp ---------------------------------------------------------------------------------------------

typedef struct inc_group inc_group;
typedef struct inc_forming inc_forming;
typedef struct inc_work inc_work;

// For ending, from another thread, the forming of the one group that it is given to: the call ends with INC_ABORTED. A wait on
// the store is the store's own to end.
INC_API int inc_forming_create(inc_forming** forming);
INC_API int inc_forming_abort(inc_forming* forming);
INC_API void inc_forming_free(inc_forming* forming);

// Blocks until every rank has connected. `address`: a local host name, address or network interface to listen on.
// `timeout_ms`: of operations and of waits on the store. `connect_timeout_ms`: of a peer whose address is known.
// `forming`: may be null. Takes over the callbacks' context: release is called even where the creation fails.
INC_API int inc_group_create_gloo(const inc_store_callbacks* store, int rank, int size, const char* address, int64_t timeout_ms,
                                  int64_t connect_timeout_ms, inc_forming* forming, inc_group** group);
// Fails with a message in builds without NCCL.
INC_API int inc_group_create_nccl(const inc_store_callbacks* store, int rank, int size, int64_t timeout_ms,
                                  inc_group** group);
// Breaks the group's connections: operations in flight end at once with INC_ABORTED, later ones too. Any thread, and
// more than once. The group must still be freed.
INC_API int inc_group_abort(inc_group* group);
// Aborts if operations are in flight, and waits for each of them.
INC_API void inc_group_free(inc_group* group);

// Contiguous tensors. Operations between two ranks with the same tag match in the order in which they were issued.
INC_API int inc_group_send(inc_group* group, at::Tensor* tensor, int destination, int tag, inc_work** work);
INC_API int inc_group_receive(inc_group* group, at::Tensor* tensor, int source, int tag, inc_work** work);
INC_API int inc_group_all_reduce_sum(inc_group* group, at::Tensor* tensor, inc_work** work);
INC_API int inc_group_broadcast(inc_group* group, at::Tensor* tensor, int root, inc_work** work);
INC_API int inc_group_barrier(inc_group* group, inc_work** work);

// INC_PEER_LOST, INC_TIMEOUT and INC_ABORTED as common/status.h says; a second wait gives the first one's outcome.
INC_API int inc_work_wait(inc_work* work);
INC_API int inc_work_is_completed(inc_work* work, int* result);
// An operation in flight stays with its group until it has ended.
INC_API void inc_work_free(inc_work* work);
}
