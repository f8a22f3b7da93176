#include <ATen/ATen.h>
#include <ATen/Config.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <torch/version.h>

#include <string>

#include "extensions/arguments.h"
#include "extensions/extensions.h"

using namespace inception;

namespace {

// A function of a library that libtorch brings along, or null. From here the search covers our own dependencies too, so
// it finds them even where the process loaded us privately.
template <class Function>
Function* find(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// What follows `label` in ATen's own report, up to one of `ends`. The report is the loaded library's, which the headers
// cannot speak for; and functions for these facts are public only since libtorch 2.0.
std::string reported(const std::string& label, const char* ends) {
    static const std::string report = at::show_config();
    const size_t found = report.find(label);
    if (found == std::string::npos) return "";
    const size_t start = found + label.size();
    return report.substr(start, report.find_first_of(ends, start) - start);
}

constexpr const char* kReferenceBlas = "reference BLAS";

std::string blas() {
    if (auto* config = find<char*()>("openblas_get_config")) return config();
    if (at::hasMKL()) return at::get_mkl_version();
    if (auto* version = find<char*()>("bli_info_get_version_str")) return std::string("BLIS ") + version();
    return kReferenceBlas;
}

std::string blas_core() {
    auto* core = find<char*()>("openblas_get_corename");
    return core ? core() : "";
}

std::string onednn_isa() {
    // dnnl_cpu_isa_t, an int on every compiler that oneDNN supports.
    auto* isa = find<int()>("dnnl_get_effective_cpu_isa");
    return isa ? c10::str("0x", std::hex, isa()) : "";
}

const std::string& fact(int which) {
    static const std::string facts[] = {
        reported("TORCH_VERSION=", ",\n"),
        TORCH_VERSION,
        at::get_mkldnn_version(),
        onednn_isa(),
        blas(),
        blas_core(),
        reported("CPU capability usage: ", "\n"),
        reported("  - GCC ", "\n"),
    };
    require(which >= 0 && which <= INC_FACT_COMPILER, c10::str("no runtime fact ", which));
    return facts[which];
}

}  // namespace

int inc_runtime_fact(int which, const char** text) {
    return guarded([&] { *text = fact(which).c_str(); });
}

int inc_runtime_uses_reference_blas(int* result) {
    return guarded([&] { *result = fact(INC_FACT_BLAS) == kReferenceBlas; });
}

int inc_runtime_set_threads(int threads) {
    return guarded([&] {
        require(threads >= 1, "threads must be at least 1");
        at::set_num_threads(threads);
        if (at::get_num_interop_threads() != 1) at::set_num_interop_threads(1);
        TORCH_CHECK(at::get_num_threads() == threads, "ATen runs with ", at::get_num_threads(), " threads instead of ", threads);
        TORCH_CHECK(at::get_num_interop_threads() == 1, "ATen runs with ", at::get_num_interop_threads(), " inter-op threads instead of 1");

        if (auto* set_openmp = find<void(int)>("omp_set_num_threads")) {
            set_openmp(threads);
            const int actual = find<int()>("omp_get_max_threads")();
            TORCH_CHECK(actual == threads, "OpenMP runs with ", actual, " threads instead of ", threads);
        }
        if (auto* set_blas = find<void(int)>("openblas_set_num_threads")) {
            set_blas(threads);
            const int actual = find<int()>("openblas_get_num_threads")();
            TORCH_CHECK(actual == threads, "OpenBLAS runs with ", actual, " threads instead of ", threads);
        }
    });
}

int inc_runtime_set_deterministic_cuda() {
    return guarded([] {
        if (!at::hasCUDA()) return;
        // Read by cuBLAS when its first handle is made; a value that the user set stays.
        setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        at::Context& context = at::globalContext();
        context.setDeterministicCuDNN(true);
        context.setBenchmarkCuDNN(false);
        context.setAllowTF32CuDNN(false);
        context.setAllowTF32CuBLAS(false);
    });
}

// libtorch 2.4 folded the functions of each device into one with a device argument.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
namespace {
bool cpu_autocast() { return at::autocast::is_autocast_enabled(at::kCPU); }
void set_cpu_autocast(bool enabled) { at::autocast::set_autocast_enabled(at::kCPU, enabled); }
void set_cpu_autocast_dtype(at::ScalarType type) { at::autocast::set_autocast_dtype(at::kCPU, type); }
}  // namespace
#else
namespace {
bool cpu_autocast() { return at::autocast::is_cpu_enabled(); }
void set_cpu_autocast(bool enabled) { at::autocast::set_cpu_enabled(enabled); }
void set_cpu_autocast_dtype(at::ScalarType type) { at::autocast::set_autocast_cpu_dtype(type); }
}  // namespace
#endif

int inc_autocast_cpu_enter(int* previous) {
    return guarded([&] {
        *previous = cpu_autocast();
        set_cpu_autocast_dtype(at::kBFloat16);
        set_cpu_autocast(true);
        at::autocast::increment_nesting();
    });
}

int inc_autocast_cpu_leave(int previous) {
    return guarded([&] {
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        set_cpu_autocast(previous != 0);
    });
}

int inc_autocast_clear_cache() {
    return guarded([] { at::autocast::clear_cache(); });
}
