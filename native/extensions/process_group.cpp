#include "extensions/process_group.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "extensions/arguments.h"
#include "extensions/extensions.h"

namespace inception {
namespace {

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

// c10d and Gloo tell failures apart only by their messages.
Status status_of(const std::string& message) {
    for (const char* sign : {"Timed out", "timed out", "Timeout", "timeout"}) {
        if (contains(message, sign)) return INC_TIMEOUT;
    }
    for (const char* sign : {"Connection closed by peer", "Connection reset", "Connection refused", "Broken pipe",
                             "Socket closed", "gloo/transport/tcp/pair.cc", "remote process exited"}) {
        if (contains(message, sign)) return INC_PEER_LOST;
    }
    return INC_ERROR;
}

StatusError described(const std::string& operation, const std::string& message, bool aborted) {
    if (aborted) return {INC_ABORTED, operation + ": the process group was shut down"};
    return {status_of(message), operation + ": " + message};
}

}  // namespace

StatusError collective_error(const std::string& operation, bool aborted) {
    try {
        throw;
    } catch (const StatusError& error) {
        return error;
    } catch (const c10::Error& error) {
        return described(operation, error.what_without_backtrace(), aborted);
    } catch (const std::exception& error) {
        return described(operation, error.what(), aborted);
    }
}

Operation::Operation(std::string name, WorkPointer work, AbortFlag aborted)
    : name_(std::move(name)), aborted_(std::move(aborted)), work_(std::move(work)) {}

void Operation::wait() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const auto running = work()) {
        try {
            // False: ended by the backend's own abort, or by release().
            if (!running->wait()) throw StatusError(INC_ABORTED, name_ + ": the process group was shut down");
        } catch (...) {
            failure_ = std::make_exception_ptr(collective_error(name_, *aborted_));
        }
        const std::lock_guard<std::mutex> work_lock(work_mutex_);
        work_.reset();
    }
    if (failure_) std::rethrow_exception(failure_);
}

WorkPointer Operation::work() {
    const std::lock_guard<std::mutex> lock(work_mutex_);
    return work_;
}

bool Operation::is_completed() {
    // A thread inside wait() holds the lock until the operation has ended.
    const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    const auto running = work();
    return !running || running->isCompleted();
}

Group::Group(c10::intrusive_ptr<Backend> backend, std::function<void()> disconnect, Release release)
    : backend_(std::move(backend)), disconnect_(std::move(disconnect)), release_(std::move(release)) {}

Group::~Group() {
    const auto ended = [](const auto& operation) { return operation->is_completed(); };
    if (!std::all_of(running_.begin(), running_.end(), ended)) {
        try {
            abort();
        } catch (const std::exception& error) {
            TORCH_WARN("a process group could not be shut down: ", error.what());
        }
    }
    for (const auto& operation : running_) {
        try {
            operation->wait();
        } catch (const StatusError&) {
            // Told to whoever waits for it; here it only has to have ended before its connections go.
        }
    }
}

std::shared_ptr<Operation> Group::start(std::string name, const Issue& issue) {
    if (*aborted_) throw StatusError(INC_ABORTED, name + ": the process group was shut down");
    WorkPointer work;
    try {
        work = issue(*backend_);
    } catch (...) {
        throw collective_error(name, *aborted_);
    }
    auto operation = std::make_shared<Operation>(std::move(name), std::move(work), aborted_);
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto ended = [](const auto& running) { return running->is_completed(); };
    running_.erase(std::remove_if(running_.begin(), running_.end(), ended), running_.end());
    running_.push_back(operation);
    if (*aborted_) release(*operation);  // aborted since it was issued, and perhaps not seen there
    return operation;
}

void Group::abort() {
    if (aborted_->exchange(true)) return;
    disconnect_();
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& operation : running_) release(*operation);
}

void Group::release(Operation& operation) const {
    if (const auto work = operation.work(); work && release_) release_(*work);
}

}  // namespace inception

using namespace inception;

struct inc_work {
    std::shared_ptr<Operation> operation;
};

namespace {

int start(inc_group* group, inc_work** work, std::string name, const Group::Issue& issue) {
    return guarded([&] { *work = new inc_work{group->start(std::move(name), issue)}; });
}

int start_with(inc_group* group, at::Tensor* tensor, inc_work** work, std::string name,
               const std::function<WorkPointer(Backend&, std::vector<at::Tensor>&)>& issue) {
    return guarded([&] {
        require(required(tensor, "tensor").is_contiguous(), name + ": the tensor is not contiguous");
        std::vector<at::Tensor> tensors{tensor->detach()};
        *work = new inc_work{group->start(std::move(name), [&](Backend& backend) { return issue(backend, tensors); })};
    });
}

}  // namespace

int inc_group_abort(inc_group* group) {
    return guarded([&] { group->abort(); });
}

void inc_group_free(inc_group* group) {
    delete group;
}

int inc_group_send(inc_group* group, at::Tensor* tensor, int destination, int tag, inc_work** work) {
    return start_with(group, tensor, work, c10::str("send to rank ", destination),
                      [&](Backend& backend, auto& tensors) { return backend.send(tensors, destination, tag); });
}

int inc_group_receive(inc_group* group, at::Tensor* tensor, int source, int tag, inc_work** work) {
    return start_with(group, tensor, work, c10::str("receive from rank ", source),
                      [&](Backend& backend, auto& tensors) { return backend.recv(tensors, source, tag); });
}

int inc_group_all_reduce_sum(inc_group* group, at::Tensor* tensor, inc_work** work) {
    return start_with(group, tensor, work, "all-reduce",
                      [](Backend& backend, auto& tensors) { return backend.allreduce(tensors); });
}

int inc_group_broadcast(inc_group* group, at::Tensor* tensor, int root, inc_work** work) {
    return start_with(group, tensor, work, c10::str("broadcast from rank ", root), [&](Backend& backend, auto& tensors) {
        c10d::BroadcastOptions options;
        options.rootRank = root;
        return backend.broadcast(tensors, options);
    });
}

int inc_group_barrier(inc_group* group, inc_work** work) {
    return start(group, work, "barrier", [](Backend& backend) { return backend.barrier(); });
}

int inc_work_wait(inc_work* work) {
    return guarded([&] { work->operation->wait(); });
}

int inc_work_is_completed(inc_work* work, int* result) {
    return guarded([&] { *result = work->operation->is_completed(); });
}

void inc_work_free(inc_work* work) {
    delete work;
}
