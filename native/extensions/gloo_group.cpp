// Gloo groups, and the abort that Gloo lacks.
#include <gloo/context.h>
#include <gloo/transport/pair.h>
#include <gloo/transport/tcp/address.h>
#include <net/if.h>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "extensions/arguments.h"
#include "extensions/connections.h"
#include "extensions/extensions.h"
#include "extensions/process_group.h"
#include "extensions/store.h"

using namespace inception;
namespace tcp = gloo::transport::tcp;

namespace {

class GlooBackend final : public c10d::ProcessGroupGloo {
 public:
    using ProcessGroupGloo::ProcessGroupGloo;

    // The local end of each connection to a peer.
    std::vector<sockaddr_storage> local_addresses() const {
        std::vector<sockaddr_storage> addresses;
        for (const auto& context : contexts_) {
            for (int peer = 0; peer < context->size; ++peer) {
                if (peer == context->rank) continue;
                const auto* address = dynamic_cast<const tcp::Address*>(&context->getPair(peer)->address());
                TORCH_CHECK(address != nullptr, "the connection to rank ", peer, " is not one of Gloo's TCP transport");
                addresses.push_back(address->getSockaddr());
            }
        }
        return addresses;
    }
};

std::shared_ptr<gloo::transport::Device> device_for(const std::string& address) {
    return if_nametoindex(address.c_str()) != 0 ? c10d::ProcessGroupGloo::createDeviceForInterface(address)
                                                : c10d::ProcessGroupGloo::createDeviceForHostname(address);
}

}  // namespace

int inc_group_create_gloo(const inc_store_callbacks* callbacks, int rank, int size, const char* address,
                          int64_t timeout_ms, inc_group** group) {
    return guarded([&] {
        const std::chrono::milliseconds timeout(timeout_ms);
        const auto store = c10::make_intrusive<CallbackStore>(*callbacks, timeout);
        require(size >= 1 && rank >= 0 && rank < size, c10::str("rank ", rank, " of ", size));
        require(timeout_ms > 0, "the timeout must be positive");
        try {
            const auto options = c10d::ProcessGroupGloo::Options::create(timeout);
            options->devices.push_back(device_for(address));
            const auto backend = c10::make_intrusive<GlooBackend>(store, rank, size, options);
            auto addresses = backend->local_addresses();
            // So that a Gloo whose pairs no longer give their connections' addresses is found out here, not at an abort.
            // A peer that has gone already is no such case, and the first operation will tell.
            const size_t found = count_connections(addresses);
            TORCH_CHECK(found > 0 || addresses.empty(), "none of the group's connections were found among this process's");
            *group = new inc_group(backend, [addresses] { shut_down_connections(addresses); });
        } catch (...) {
            throw collective_error("forming the process group", false);
        }
    });
}
