// c10d's rendezvous store over the caller's callbacks.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>
#include <torch/version.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "extensions/extensions.h"

// What a callback answers with: bytes, or the message of its failure.
struct inc_reply {
    std::vector<uint8_t> bytes;
};

namespace inception {

class CallbackStore final : public c10d::Store {
 public:
    // Owns the callbacks' context from the first line on. `timeout`: the shortest of any wait, whatever the backend asks for; a peer may
    // come to a forming group late, since it ends its own work first.
    CallbackStore(const inc_store_callbacks& callbacks, std::chrono::milliseconds timeout);

    // Called ahead of each set, on its thread; what it throws comes out of the set.
    void before_set(std::function<void()> action) { before_set_ = std::move(action); }

    void set(const std::string& key, const std::vector<uint8_t>& value) override;
    std::vector<uint8_t> get(const std::string& key) override;
    int64_t add(const std::string& key, int64_t amount) override;
    std::vector<uint8_t> compareSet(const std::string& key, const std::vector<uint8_t>& expected,
                                    const std::vector<uint8_t>& desired) override;
    bool check(const std::vector<std::string>& keys) override;
    void wait(const std::vector<std::string>& keys) override;
    void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) override;
    bool deleteKey(const std::string& key) override;
    int64_t getNumKeys() override;
#if TORCH_VERSION_MAJOR >= 2
    // Pure in the newest releases and absent in older ones, so without `override`.
    virtual c10::intrusive_ptr<c10d::Store> clone();
#endif

 private:
    using Callbacks = std::shared_ptr<const inc_store_callbacks>;
    CallbackStore(Callbacks callbacks, std::chrono::milliseconds timeout);

    Callbacks callbacks_;
    std::function<void()> before_set_;
};

}  // namespace inception
