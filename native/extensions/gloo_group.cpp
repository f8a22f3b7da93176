// Gloo groups, and the abort that Gloo lacks.
#include <gloo/context.h>
#include <gloo/transport/pair.h>
#include <gloo/transport/tcp/address.h>
#include <net/if.h>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "extensions/arguments.h"
#include "extensions/connections.h"
#include "extensions/extensions.h"
#include "extensions/process_group.h"
#include "extensions/store.h"

using namespace inception;
namespace tcp = gloo::transport::tcp;

namespace {

// Gloo's device, which lets us see the connections that a group makes before its constructor has returned.
class WatchedDevice final : public gloo::transport::Device {
 public:
    explicit WatchedDevice(std::shared_ptr<gloo::transport::Device> device) : device_(std::move(device)) {}

    std::string str() const override { return device_->str(); }
    const std::string& getPCIBusID() const override { return device_->getPCIBusID(); }
    int getInterfaceSpeed() const override { return device_->getInterfaceSpeed(); }
    bool hasGPUDirect() const override { return device_->hasGPUDirect(); }

    std::shared_ptr<gloo::transport::Context> createContext(int rank, int size) override {
        context_ = device_->createContext(rank, size);
        return context_;
    }

    // The local end of each connection to a peer, once Gloo has made its sockets.
    std::vector<sockaddr_storage> local_addresses() const {
        std::vector<sockaddr_storage> addresses;
        for (int peer = 0; context_ && peer < context_->size; ++peer) {
            if (peer == context_->rank) continue;
            const auto& pair = context_->getPair(peer);
            const auto* address = pair ? dynamic_cast<const tcp::Address*>(&pair->address()) : nullptr;
            TORCH_CHECK(address != nullptr, "the connection to rank ", peer, " is not one of Gloo's TCP transport");
            addresses.push_back(address->getSockaddr());
        }
        return addresses;
    }

    // Of sends and receives; Gloo would keep the one for connecting.
    void set_timeout(std::chrono::milliseconds timeout) { context_->setTimeout(timeout); }

    // The group's context holds on to its device, so a reference back must not outlive the forming.
    void let_go() { context_.reset(); }

 private:
    const std::shared_ptr<gloo::transport::Device> device_;
    std::shared_ptr<gloo::transport::Context> context_;
};

class GlooBackend final : public c10d::ProcessGroupGloo {
 public:
    using ProcessGroupGloo::ProcessGroupGloo;

    // Of collectives.
    void set_timeout(std::chrono::milliseconds timeout) {
        for (const auto& context : contexts_) context->setTimeout(timeout);
    }
};

std::shared_ptr<gloo::transport::Device> device_for(const std::string& address) {
    return if_nametoindex(address.c_str()) != 0 ? c10d::ProcessGroupGloo::createDeviceForInterface(address)
                                                : c10d::ProcessGroupGloo::createDeviceForHostname(address);
}

// Gloo waits five times a context's time-out for a peer to connect.
std::chrono::milliseconds connect_timeout_of_gloo(int64_t connect_timeout_ms) {
    return std::chrono::milliseconds(std::max<int64_t>(1, connect_timeout_ms / 5));
}

// Gloo forgets a transfer that a connection broke in the midst of: neither the peer's end nor shutdown(2) wakes who waits for it.
void release(c10d::Work& work) {
    using c10d::ProcessGroupGloo;
    if (auto* send = dynamic_cast<ProcessGroupGloo::SendWork*>(&work)) send->abort();
    if (auto* receive = dynamic_cast<ProcessGroupGloo::RecvWork*>(&work)) receive->abort();
}

}  // namespace

struct inc_forming {
    const std::shared_ptr<Connections> connections = std::make_shared<Connections>();
};

int inc_forming_create(inc_forming** forming) {
    return guarded([&] { *forming = new inc_forming; });
}

int inc_forming_abort(inc_forming* forming) {
    return guarded([&] { forming->connections->shut_down(); });
}

void inc_forming_free(inc_forming* forming) {
    delete forming;
}

int inc_group_create_gloo(const inc_store_callbacks* callbacks, int rank, int size, const char* address, int64_t timeout_ms,
                          int64_t connect_timeout_ms, inc_forming* forming, inc_group** group) {
    return guarded([&] {
        const std::chrono::milliseconds timeout(timeout_ms);
        const auto store = c10::make_intrusive<CallbackStore>(*callbacks, timeout);
        require(size >= 1 && rank >= 0 && rank < size, c10::str("rank ", rank, " of ", size));
        require(timeout_ms > 0 && connect_timeout_ms > 0, "the timeouts must be positive");
        const auto connections = forming ? forming->connections : std::make_shared<Connections>();
        try {
            const auto options = c10d::ProcessGroupGloo::Options::create(connect_timeout_of_gloo(connect_timeout_ms));
            const auto device = std::make_shared<WatchedDevice>(device_for(address));
            options->devices.push_back(device);
            // Gloo publishes its addresses once all its sockets listen, and only then connects.
            store->before_set([&] { connections->begin(device->local_addresses()); });
            const auto backend = c10::make_intrusive<GlooBackend>(store, rank, size, options);
            store->before_set({});
            backend->set_timeout(timeout);
            device->set_timeout(timeout);
            // So that a Gloo whose pairs no longer give their connections' addresses is found out here, not at an abort.
            // A peer that has gone already is no such case, and the first operation will tell.
            const auto addresses = device->local_addresses();
            connections->formed(addresses);
            TORCH_CHECK(addresses.empty() || count_connections(addresses) > 0,
                        "none of the group's connections were found among this process's");
            device->let_go();
            *group = new inc_group(backend, [connections] { connections->shut_down(); }, release);
        } catch (...) {
            connections->give_up();
            throw collective_error("forming the process group", connections->is_shut_down());
        }
    });
}
