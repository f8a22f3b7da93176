// The exception firewall of the C ABI, and the ABI's few conventions.
//
// Every exported function returns a Status; on anything but INC_OK the message is in inc_last_error(), per thread.
// Tensors cross as at::Tensor* (what TorchSharp's Tensor.Handle is). Functions in binding/ that make a tensor hand its
// ownership to the caller, who frees it with inc_tensor_free; functions in extensions/ only borrow tensors.
#pragma once

#include <exception>
#include <string>

#define INC_API extern "C" __attribute__((visibility("default")))

enum Status : int {
    INC_OK = 0,
    INC_ERROR = 1,             // see the message
    INC_INVALID_ARGUMENT = 2,  // the caller's mistake
    INC_PEER_LOST = 3,         // a connection of the process group broke
    INC_TIMEOUT = 4,
    INC_ABORTED = 5,           // the process group was shut down on purpose
    INC_CORRUPT = 6,           // the data given is no picture, or a damaged one
};

namespace inception {

struct StatusError : std::exception {
    StatusError(Status status, std::string message) : status(status), message(std::move(message)) {}
    const char* what() const noexcept override { return message.c_str(); }
    Status status;
    std::string message;
};

void set_last_error(const char* message) noexcept;

// Turns the exception in flight into a status; call it only inside a catch block.
Status status_of_current_exception() noexcept;

template <class Body>
int guarded(Body&& body) noexcept {
    try {
        body();
        return INC_OK;
    } catch (...) {
        return status_of_current_exception();
    }
}

}  // namespace inception

// The message of this thread's last failure; valid until the next failure on this thread.
INC_API const char* inc_last_error();
