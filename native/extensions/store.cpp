#include "extensions/store.h"

#include <algorithm>
#include <utility>

#include "extensions/arguments.h"

namespace inception {
namespace {

// A failed callback becomes an exception of ours, and crosses c10d as one.
void expect_ok(int status, const char* operation, const inc_reply& reply) {
    if (status == INC_OK) return;
    const std::string message(reply.bytes.begin(), reply.bytes.end());
    throw StatusError(static_cast<Status>(status), c10::str("rendezvous store, ", operation, ": ", message));
}

std::vector<const char*> c_strings(const std::vector<std::string>& keys) {
    std::vector<const char*> pointers;
    pointers.reserve(keys.size());
    for (const std::string& key : keys) pointers.push_back(key.c_str());
    return pointers;
}

}  // namespace

CallbackStore::CallbackStore(const inc_store_callbacks& callbacks, std::chrono::milliseconds timeout)
    : Store(timeout), callbacks_(new inc_store_callbacks(callbacks), [](const inc_store_callbacks* owned) {
          owned->release(owned->context);
          delete owned;
      }) {}

CallbackStore::CallbackStore(Callbacks callbacks, std::chrono::milliseconds timeout)
    : Store(timeout), callbacks_(std::move(callbacks)) {}

void CallbackStore::set(const std::string& key, const std::vector<uint8_t>& value) {
    if (before_set_) before_set_();
    inc_reply reply;
    expect_ok(callbacks_->set(callbacks_->context, key.c_str(), value.data(), value.size(), &reply), "set", reply);
}

std::vector<uint8_t> CallbackStore::get(const std::string& key) {
    inc_reply reply;
    expect_ok(callbacks_->get(callbacks_->context, key.c_str(), getTimeout().count(), &reply), "get", reply);
    return std::move(reply.bytes);
}

int64_t CallbackStore::add(const std::string& key, int64_t amount) {
    inc_reply reply;
    int64_t result = 0;
    expect_ok(callbacks_->add(callbacks_->context, key.c_str(), amount, &result, &reply), "add", reply);
    return result;
}

std::vector<uint8_t> CallbackStore::compareSet(const std::string& key, const std::vector<uint8_t>& expected,
                                               const std::vector<uint8_t>& desired) {
    inc_reply reply;
    expect_ok(callbacks_->compare_set(callbacks_->context, key.c_str(), expected.data(), expected.size(), desired.data(),
                                  desired.size(), &reply),
          "compare-set", reply);
    return std::move(reply.bytes);
}

bool CallbackStore::check(const std::vector<std::string>& keys) {
    inc_reply reply;
    int result = 0;
    const auto pointers = c_strings(keys);
    expect_ok(callbacks_->check(callbacks_->context, pointers.data(), static_cast<int>(pointers.size()), &result, &reply),
                     "check", reply);
    return result != 0;
}

void CallbackStore::wait(const std::vector<std::string>& keys) {
    wait(keys, getTimeout());
}

void CallbackStore::wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) {
    inc_reply reply;
    const auto pointers = c_strings(keys);
    expect_ok(callbacks_->wait(callbacks_->context, pointers.data(), static_cast<int>(pointers.size()),
                                std::max(timeout, getTimeout()).count(), &reply),
              "wait", reply);
}

bool CallbackStore::deleteKey(const std::string& key) {
    inc_reply reply;
    int result = 0;
    expect_ok(callbacks_->remove(callbacks_->context, key.c_str(), &result, &reply), "delete", reply);
    return result != 0;
}

int64_t CallbackStore::getNumKeys() {
    inc_reply reply;
    int64_t result = 0;
    expect_ok(callbacks_->count(callbacks_->context, &result, &reply), "count", reply);
    return result;
}

#if TORCH_VERSION_MAJOR >= 2
c10::intrusive_ptr<c10d::Store> CallbackStore::clone() {
    return c10::intrusive_ptr<c10d::Store>::reclaim(new CallbackStore(callbacks_, getTimeout()));
}
#endif

}  // namespace inception

int inc_reply_write(inc_reply* reply, const uint8_t* bytes, int64_t length) {
    return inception::guarded([&] { reply->bytes.assign(bytes, bytes + length); });
}
