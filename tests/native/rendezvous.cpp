#include "rendezvous.h"

#include <vector>

namespace testing {
namespace {

template <class Body>
int answered(void* context, const char* operation, inc_reply* reply, Body&& body) {
    auto* self = static_cast<StoreContext*>(context);
    std::string message;
    if (self->failing == operation) {
        message = std::string("this ") + operation + " fails on purpose";
    } else {
        try {
            body(*self->store);
            return INC_OK;
        } catch (const std::exception& error) {
            message = error.what();
        }
    }
    inc_reply_write(reply, reinterpret_cast<const uint8_t*>(message.data()), static_cast<int64_t>(message.size()));
    return INC_ERROR;
}

void write(inc_reply* reply, const std::vector<uint8_t>& bytes) {
    inc_reply_write(reply, bytes.data(), static_cast<int64_t>(bytes.size()));
}

std::vector<std::string> strings(const char* const* keys, int count) {
    return {keys, keys + count};
}

int set(void* context, const char* key, const uint8_t* value, int64_t length, inc_reply* reply) {
    return answered(context, "set", reply, [&](auto& store) { store.set(key, std::vector<uint8_t>(value, value + length)); });
}

int get(void* context, const char* key, int64_t timeout, inc_reply* reply) {
    return answered(context, "get", reply, [&](auto& store) {
        store.wait({key}, std::chrono::milliseconds(timeout));
        write(reply, store.get(key));
    });
}

int add(void* context, const char* key, int64_t amount, int64_t* result, inc_reply* reply) {
    return answered(context, "add", reply, [&](auto& store) { *result = store.add(key, amount); });
}

int compare_set(void* context, const char* key, const uint8_t* expected, int64_t expected_length, const uint8_t* desired,
                int64_t desired_length, inc_reply* reply) {
    return answered(context, "compare_set", reply, [&](auto& store) {
        write(reply, store.compareSet(key, std::vector<uint8_t>(expected, expected + expected_length),
                                      std::vector<uint8_t>(desired, desired + desired_length)));
    });
}

int check(void* context, const char* const* keys, int count, int* result, inc_reply* reply) {
    return answered(context, "check", reply, [&](auto& store) { *result = store.check(strings(keys, count)); });
}

int wait(void* context, const char* const* keys, int count, int64_t timeout, inc_reply* reply) {
    return answered(context, "wait", reply,
                    [&](auto& store) { store.wait(strings(keys, count), std::chrono::milliseconds(timeout)); });
}

int remove(void* context, const char* key, int* result, inc_reply* reply) {
    return answered(context, "remove", reply, [&](auto& store) { *result = store.deleteKey(key); });
}

int count(void* context, int64_t* result, inc_reply* reply) {
    return answered(context, "count", reply, [&](auto& store) { *result = store.getNumKeys(); });
}

void release(void* context) {
    ++static_cast<StoreContext*>(context)->released;
}

}  // namespace

inc_store_callbacks StoreContext::callbacks() {
    return {this, &set, &get, &add, &compare_set, &check, &wait, &remove, &count, &release};
}

}  // namespace testing
