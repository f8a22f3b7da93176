#include "extensions/store.h"

#include <torch/csrc/distributed/c10d/HashStore.hpp>

#include "rendezvous.h"
#include "testing.h"

using Bytes = std::vector<uint8_t>;

TEST(CallbackStore_EveryOperation_ReachesItsCallback) {
    testing::StoreContext context(c10::make_intrusive<c10d::HashStore>());
    {
        inception::CallbackStore store(context.callbacks(), std::chrono::seconds(5));
        store.set("key", Bytes{1, 0, 2});
        REQUIRE((store.get("key") == Bytes{1, 0, 2}));
        REQUIRE_EQUAL(store.add("counter", 5), 5);
        REQUIRE_EQUAL(store.add("counter", -2), 3);
        REQUIRE((store.compareSet("key", Bytes{9}, Bytes{3}) == Bytes{1, 0, 2}));
        REQUIRE((store.compareSet("key", Bytes{1, 0, 2}, Bytes{3}) == Bytes{3}));
        REQUIRE(store.check({"key", "counter"}));
        REQUIRE(!store.check({"key", "other"}));
        store.wait({"key", "counter"});
        REQUIRE_EQUAL(store.getNumKeys(), 2);
        REQUIRE(store.deleteKey("key"));
        REQUIRE(!store.deleteKey("key"));
        REQUIRE_EQUAL(context.released.load(), 0);
    }
    REQUIRE_EQUAL(context.released.load(), 1);
}

TEST(CallbackStore_FailingCallback_ThrowsItsMessage) {
    testing::StoreContext context(c10::make_intrusive<c10d::HashStore>());
    context.failing = "get";
    inception::CallbackStore store(context.callbacks(), std::chrono::seconds(5));
    bool failed = false;
    try {
        store.get("key");
    } catch (const inception::StatusError& error) {
        failed = std::string(error.what()) == "rendezvous store, get: this get fails on purpose";
    }
    REQUIRE(failed);
}
