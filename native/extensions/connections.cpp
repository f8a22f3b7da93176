#include "extensions/connections.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <utility>

#include "common/status.h"

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

enum class Which { connected, any };

bool is_one_of(int descriptor, const std::vector<sockaddr_storage>& local_addresses, Which which) {
    sockaddr_storage local{};
    sockaddr_storage peer{};
    socklen_t local_length = sizeof(local);
    socklen_t peer_length = sizeof(peer);
    return getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &local_length) == 0 &&
           std::any_of(local_addresses.begin(), local_addresses.end(),
                       [&](const sockaddr_storage& address) { return equal(local, address); }) &&
           // A socket that listens or is still connecting has no peer.
           (which == Which::any || getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &peer_length) == 0);
}

// A local address and port belong to one connection of this process: Gloo listens on a port of its own for each peer, and
// closes the listening socket once that peer has connected. The owner may close a descriptor at any moment, and the
// number may be another socket's by the next line; so each is duplicated first and judged by the duplicate.
void for_each_connection(const std::vector<sockaddr_storage>& local_addresses, Which which,
                         const std::function<void(int)>& action) {
    if (local_addresses.empty()) return;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::atoi(entry.path().filename().c_str());
        if (!is_one_of(descriptor, local_addresses, which)) continue;
        const int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (duplicate < 0) continue;  // closed meanwhile
        if (is_one_of(duplicate, local_addresses, which)) action(duplicate);
        close(duplicate);
    }
}

}  // namespace

size_t count_connections(const std::vector<sockaddr_storage>& local_addresses) {
    size_t count = 0;
    for_each_connection(local_addresses, Which::connected, [&](int) { ++count; });
    return count;
}

void Connections::begin(std::vector<sockaddr_storage> local_addresses) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (shut_down_) throw StatusError(INC_ABORTED, "the process group was shut down while it formed");
    local_addresses_ = std::move(local_addresses);
    forming_ = true;
}

void Connections::formed(std::vector<sockaddr_storage> local_addresses) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (shut_down_) throw StatusError(INC_ABORTED, "the process group was shut down while it formed");
    local_addresses_ = std::move(local_addresses);
    forming_ = false;
    changed_.notify_all();
}

void Connections::give_up() {
    const std::lock_guard<std::mutex> lock(mutex_);
    forming_ = false;
    changed_.notify_all();
}

bool Connections::is_shut_down() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return shut_down_;
}

void Connections::shut_down() {
    // The swap takes microseconds; a wait on the store, the only thing that can take longer, ends by the caller's own means.
    constexpr int kRounds = 20;
    constexpr std::chrono::milliseconds kPause(5);
    std::unique_lock<std::mutex> lock(mutex_);
    shut_down_ = true;
    const auto shut = [](int descriptor) { ::shutdown(descriptor, SHUT_RDWR); };
    for (int round = 0; forming_ && round < kRounds; ++round) {
        for_each_connection(local_addresses_, Which::any, shut);
        changed_.wait_for(lock, kPause, [this] { return !forming_; });
    }
    for_each_connection(local_addresses_, Which::connected, shut);
}

}  // namespace inception
