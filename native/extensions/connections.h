// Breaks TCP connections that another library owns, by their local addresses.
#pragma once

#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace inception {

// How many of this process's connected TCP sockets have one of the local addresses.
size_t count_connections(const std::vector<sockaddr_storage>& local_addresses);

// The TCP sockets of one process group, from before they are connected to their end. Any thread.
class Connections {
 public:
    // The group is about to connect from these local addresses. Throws INC_ABORTED when shut down already.
    void begin(std::vector<sockaddr_storage> local_addresses);
    // Every peer is connected; where this side has, the local address is another than the one that it listened at.
    void formed(std::vector<sockaddr_storage> local_addresses);
    // Forming has failed.
    void give_up();
    // shutdown(2) of every socket, in both directions; one that is gone already is passed over. While the group is forming, those
    // that listen too, and again until it gives up: Gloo swaps a listening socket for a connecting one.
    void shut_down();
    bool is_shut_down();

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<sockaddr_storage> local_addresses_;
    bool forming_ = false;
    bool shut_down_ = false;
};

}  // namespace inception
