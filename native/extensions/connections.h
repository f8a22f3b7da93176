// Breaks TCP connections that another library owns, by their local addresses.
#pragma once

#include <sys/socket.h>

#include <vector>

namespace inception {

// How many of this process's connected TCP sockets have one of the local addresses.
size_t count_connections(const std::vector<sockaddr_storage>& local_addresses);

// shutdown(2) of them, in both directions. A connection that is gone already is passed over. Any thread.
void shut_down_connections(const std::vector<sockaddr_storage>& local_addresses);

}  // namespace inception
