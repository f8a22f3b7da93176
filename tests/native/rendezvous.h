// Stores for tests: one of c10d's own behind the callbacks that a caller would give.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <atomic>
#include <string>

#include "extensions/extensions.h"

namespace testing {

struct StoreContext {
    explicit StoreContext(c10::intrusive_ptr<c10d::Store> store) : store(std::move(store)) {}

    inc_store_callbacks callbacks();

    c10::intrusive_ptr<c10d::Store> store;
    std::string failing;             // the operation that fails, e.g. "get"
    std::atomic<int> released{0};
};

}  // namespace testing
