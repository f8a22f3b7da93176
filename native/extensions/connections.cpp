#include "extensions/connections.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>

namespace inception {
namespace {

bool equal(const sockaddr_storage& left, const sockaddr_storage& right) {
    if (left.ss_family != right.ss_family) return false;
    if (left.ss_family == AF_INET) {
        const auto& a = reinterpret_cast<const sockaddr_in&>(left);
        const auto& b = reinterpret_cast<const sockaddr_in&>(right);
        return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
    }
    if (left.ss_family == AF_INET6) {
        const auto& a = reinterpret_cast<const sockaddr_in6&>(left);
        const auto& b = reinterpret_cast<const sockaddr_in6&>(right);
        return a.sin6_port == b.sin6_port && std::memcmp(&a.sin6_addr, &b.sin6_addr, sizeof(a.sin6_addr)) == 0;
    }
    return false;
}

bool is_one_of(int descriptor, const std::vector<sockaddr_storage>& local_addresses) {
    sockaddr_storage local{};
    sockaddr_storage peer{};
    socklen_t local_length = sizeof(local);
    socklen_t peer_length = sizeof(peer);
    return getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &local_length) == 0 &&
           std::any_of(local_addresses.begin(), local_addresses.end(),
                       [&](const sockaddr_storage& address) { return equal(local, address); }) &&
           // A listening socket has no peer.
           getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &peer_length) == 0;
}

// A local address and port belong to one connection of this process: Gloo listens on a port of its own for each peer, and
// closes the listening socket once that peer has connected. The owner may close a descriptor at any moment, and the
// number may be another socket's by the next line; so each is duplicated first and judged by the duplicate.
void for_each_connection(const std::vector<sockaddr_storage>& local_addresses, const std::function<void(int)>& action) {
    if (local_addresses.empty()) return;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::atoi(entry.path().filename().c_str());
        if (!is_one_of(descriptor, local_addresses)) continue;
        const int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (duplicate < 0) continue;  // closed meanwhile
        if (is_one_of(duplicate, local_addresses)) action(duplicate);
        close(duplicate);
    }
}

}  // namespace

size_t count_connections(const std::vector<sockaddr_storage>& local_addresses) {
    size_t count = 0;
    for_each_connection(local_addresses, [&](int) { ++count; });
    return count;
}

void shut_down_connections(const std::vector<sockaddr_storage>& local_addresses) {
    for_each_connection(local_addresses, [](int descriptor) { ::shutdown(descriptor, SHUT_RDWR); });
}

}  // namespace inception
