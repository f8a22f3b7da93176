// A process group with what c10d leaves to its users: operations that are owned until they have ended, one outcome however
// often it is asked for, and an abort.
#pragma once

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/version.h>
#if TORCH_VERSION_MAJOR >= 2
#include <torch/csrc/distributed/c10d/Backend.hpp>
#endif

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/status.h"

namespace inception {

// libtorch 2 moved the implementations to a class of their own.
#if TORCH_VERSION_MAJOR >= 2
using Backend = c10d::Backend;
#else
using Backend = c10d::ProcessGroup;
#endif
using WorkPointer = c10::intrusive_ptr<c10d::Work>;
using AbortFlag = std::shared_ptr<std::atomic<bool>>;

// One operation in flight.
class Operation {
 public:
    Operation(std::string name, WorkPointer work, AbortFlag aborted);

    // Throws the operation's failure as a StatusError, each time alike. Any number of threads.
    void wait();
    // Whether wait() would return at once. Gloo's send and receive only tell once they have been waited for.
    bool is_completed();
    // Null once it has ended. Does not wait for a thread inside wait().
    WorkPointer work();

 private:
    const std::string name_;
    const AbortFlag aborted_;
    std::mutex mutex_;  // c10d's send and receive must not be waited for twice
    std::mutex work_mutex_;
    WorkPointer work_;  // null once it has ended, so that the tensors are let go
    std::exception_ptr failure_;
};

class Group {
 public:
    using Release = std::function<void(c10d::Work&)>;

    // Both from any thread: `disconnect` breaks the connections of the backend; `release`, if given, then ends the wait for an
    // operation that a broken connection leaves waiting.
    Group(c10::intrusive_ptr<Backend> backend, std::function<void()> disconnect, Release release = {});
    ~Group();

    using Issue = std::function<WorkPointer(Backend&)>;
    std::shared_ptr<Operation> start(std::string name, const Issue& issue);
    void abort();

    int rank() const { return backend_->getRank(); }
    int size() const { return backend_->getSize(); }

 private:
    void release(Operation& operation) const;

    const c10::intrusive_ptr<Backend> backend_;
    const std::function<void()> disconnect_;
    const Release release_;
    const AbortFlag aborted_ = std::make_shared<std::atomic<bool>>(false);
    std::mutex mutex_;
    std::vector<std::shared_ptr<Operation>> running_;
};

// The failure in flight as a StatusError; call it only inside a catch block.
StatusError collective_error(const std::string& operation, bool aborted);

}  // namespace inception

struct inc_group : inception::Group {
    using Group::Group;
};
