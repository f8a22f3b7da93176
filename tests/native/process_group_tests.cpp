#include <ATen/ATen.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <future>
#include <thread>
#include <vector>

#include "rendezvous.h"
#include "testing.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kTimeout = 20'000;

// One rank; its store, and what it starts, end with it.
class Rank {
 public:
    Rank(c10::intrusive_ptr<c10d::Store> store, int rank, int size, int64_t timeout = kTimeout) : context_(std::move(store)) {
        const inc_store_callbacks callbacks = context_.callbacks();
        REQUIRE_OK(inc_group_create_gloo(&callbacks, rank, size, "127.0.0.1", timeout, timeout, nullptr, &group));
    }
    ~Rank() { free(); }

    void free() {
        if (group != nullptr) inc_group_free(group);
        group = nullptr;
    }
    int released() const { return context_.released; }

    inc_group* group = nullptr;

 private:
    testing::StoreContext context_;
};

// Ranks on a thread each, in one process.
std::vector<std::unique_ptr<Rank>> form(int size, int64_t timeout = kTimeout) {
    const auto store = c10::make_intrusive<c10d::HashStore>();
    std::vector<std::future<std::unique_ptr<Rank>>> forming;
    for (int rank = 0; rank < size; ++rank) {
        forming.push_back(std::async(std::launch::async, [=] { return std::make_unique<Rank>(store, rank, size, timeout); }));
    }
    std::vector<std::unique_ptr<Rank>> ranks;
    for (auto& rank : forming) ranks.push_back(rank.get());
    return ranks;
}

// A work that the test owns.
struct Work {
    explicit Work(std::function<int(inc_work**)> start) { REQUIRE_OK(start(&work)); }
    ~Work() { inc_work_free(work); }
    int wait() { return inc_work_wait(work); }
    inc_work* work = nullptr;
};

Work send(Rank& rank, at::Tensor tensor, int destination, int tag = 0) {
    return Work([&](inc_work** work) { return inc_group_send(rank.group, &tensor, destination, tag, work); });
}

Work receive(Rank& rank, at::Tensor tensor, int source, int tag = 0) {
    return Work([&](inc_work** work) { return inc_group_receive(rank.group, &tensor, source, tag, work); });
}

}  // namespace

TEST(SendAndReceive_SlicesOfFlatTensors_Arrive) {
    auto ranks = form(2);
    const at::Tensor source = at::arange(1'000'000, at::kFloat);
    at::Tensor target = at::zeros({1'000'000});
    Work first = receive(*ranks[1], target.narrow(0, 10, 400'000), 0, 7);
    Work second = receive(*ranks[1], target.narrow(0, 500'000, 5), 0, 7);
    Work third = send(*ranks[0], source.narrow(0, 300'000, 400'000), 1, 7);
    Work fourth = send(*ranks[0], source.narrow(0, 3, 5), 1, 7);
    for (Work* work : {&first, &second, &third, &fourth}) REQUIRE_OK(work->wait());
    REQUIRE(target.narrow(0, 10, 400'000).equal(source.narrow(0, 300'000, 400'000)));
    REQUIRE(target.narrow(0, 500'000, 5).equal(source.narrow(0, 3, 5)));
    REQUIRE_EQUAL(target[9].item<float>(), 0.0f);
    REQUIRE_EQUAL(target[500'005].item<float>(), 0.0f);
    int completed = 0;
    REQUIRE_OK(inc_work_is_completed(first.work, &completed));
    REQUIRE_EQUAL(completed, 1);
    REQUIRE_OK(first.wait());
}

TEST(Collectives_ThreeRanks_Agree) {
    auto ranks = form(3);
    std::vector<std::future<void>> running;
    for (int rank = 0; rank < 3; ++rank) {
        running.push_back(std::async(std::launch::async, [&, rank] {
            inc_group* group = ranks[rank]->group;
            at::Tensor sum = at::full({1000}, rank + 1.0);
            Work reduce([&](inc_work** work) { return inc_group_all_reduce_sum(group, &sum, work); });
            REQUIRE_OK(reduce.wait());
            REQUIRE(sum.eq(6).all().item<bool>());
            at::Tensor value = at::full({7}, rank + 1.0, at::kDouble);
            Work broadcast([&](inc_work** work) { return inc_group_broadcast(group, &value, 2, work); });
            REQUIRE_OK(broadcast.wait());
            REQUIRE(value.eq(3).all().item<bool>());
            Work barrier([&](inc_work** work) { return inc_group_barrier(group, work); });
            REQUIRE_OK(barrier.wait());
        }));
    }
    for (auto& rank : running) rank.get();
}

TEST(OneRank_Collectives_AreTrivial) {
    auto ranks = form(1);
    at::Tensor values = at::arange(5, at::kFloat);
    Work reduce([&](inc_work** work) { return inc_group_all_reduce_sum(ranks[0]->group, &values, work); });
    REQUIRE_OK(reduce.wait());
    Work broadcast([&](inc_work** work) { return inc_group_broadcast(ranks[0]->group, &values, 0, work); });
    REQUIRE_OK(broadcast.wait());
    Work barrier([&](inc_work** work) { return inc_group_barrier(ranks[0]->group, work); });
    REQUIRE_OK(barrier.wait());
    REQUIRE(values.equal(at::arange(5, at::kFloat)));
    REQUIRE_OK(inc_group_abort(ranks[0]->group));
}

TEST(Send_NotContiguous_IsRefused) {
    auto ranks = form(1);
    at::Tensor strided = at::zeros({8}).slice(0, 0, 8, 2);
    inc_work* work = nullptr;
    REQUIRE_FAILS(inc_group_send(ranks[0]->group, &strided, 0, 0, &work), INC_INVALID_ARGUMENT, "not contiguous");
}

TEST(Abort_OperationsInFlight_EndAtOnceAndOtherSocketsLive) {
    auto ranks = form(2);
    auto others = form(2);
    int sockets[2];
    REQUIRE_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    Work pending = receive(*ranks[0], at::zeros({1'000'000}), 1);
    at::Tensor values = at::zeros({10});
    Work of_the_peer = receive(*ranks[1], values, 0);
    Work collective([&](inc_work** work) { return inc_group_all_reduce_sum(ranks[0]->group, &values, work); });

    auto waiting = std::async(std::launch::async, [&] {
        const int status = pending.wait();
        return std::make_pair(status, std::string(inc_last_error()));
    });
    const auto start = Clock::now();
    REQUIRE_OK(inc_group_abort(ranks[0]->group));
    REQUIRE_OK(inc_group_abort(ranks[0]->group));
    const auto [status, message] = waiting.get();
    REQUIRE_EQUAL(status, static_cast<int>(INC_ABORTED));
    REQUIRE_EQUAL(message, std::string("receive from rank 1: the process group was shut down"));
    REQUIRE_FAILS(collective.wait(), INC_ABORTED, "all-reduce");
    REQUIRE_FAILS(pending.wait(), INC_ABORTED, "shut down");
    REQUIRE(Clock::now() - start < std::chrono::seconds(2));

    inc_work* work = nullptr;
    REQUIRE_FAILS(inc_group_send(ranks[0]->group, &values, 1, 0, &work), INC_ABORTED, "shut down");
    // The peer, which did not abort, sees a lost connection.
    REQUIRE_FAILS(of_the_peer.wait(), INC_PEER_LOST, "receive from rank 0");
    REQUIRE_FAILS(inc_group_receive(ranks[1]->group, &values, 0, 0, &work), INC_PEER_LOST, "receive from rank 0");

    Work sent = send(*others[0], at::ones({3}), 1);
    at::Tensor received = at::zeros({3});
    REQUIRE_OK(receive(*others[1], received, 0).wait());
    REQUIRE_OK(sent.wait());
    REQUIRE(received.eq(1).all().item<bool>());
    REQUIRE_EQUAL(write(sockets[0], "x", 1), ssize_t{1});
}

TEST(FreeGroup_OperationInFlight_EndsIt) {
    auto ranks = form(2);
    at::Tensor values = at::zeros({100'000});
    Work pending = receive(*ranks[0], values, 1);
    { Work forgotten = receive(*ranks[0], values, 1, 1); }
    const auto start = Clock::now();
    ranks[0]->free();
    REQUIRE(Clock::now() - start < std::chrono::seconds(2));
    REQUIRE_FAILS(pending.wait(), INC_ABORTED, "receive from rank 1");
    REQUIRE_EQUAL(ranks[0]->released(), 1);
}

TEST(Wait_PeerSilent_TimesOut) {
    auto ranks = form(2, 300);
    Work pending = receive(*ranks[0], at::zeros({10}), 1);
    REQUIRE_FAILS(pending.wait(), INC_TIMEOUT, "receive from rank 1");
    REQUIRE_FAILS(pending.wait(), INC_TIMEOUT, "receive from rank 1");
}

TEST(Wait_PeerKilled_IsLostWithinASecond) {
    char path[] = "inception-rendezvous-XXXXXX";
    const int file = mkstemp(path);
    REQUIRE(file >= 0);
    close(file);
    // Before the first thread of this process, so that the child has a whole libtorch.
    const pid_t peer = fork();
    if (peer == 0) {
        Rank rank(c10::make_intrusive<c10d::FileStore>(path, 2), 1, 2);
        receive(rank, at::zeros({1}), 0).wait();
        kill(getpid(), SIGKILL);
    }
    Rank rank(c10::make_intrusive<c10d::FileStore>(path, 2), 0, 2);
    Work pending = receive(rank, at::zeros({1'000'000}), 1, 5);
    REQUIRE_OK(send(rank, at::ones({1}), 1).wait());
    const auto start = Clock::now();
    REQUIRE_FAILS(pending.wait(), INC_PEER_LOST, "receive from rank 1");
    REQUIRE(Clock::now() - start < std::chrono::seconds(1));
    REQUIRE_EQUAL(waitpid(peer, nullptr, 0), peer);
    unlink(path);
}

TEST(CreateGroup_StoreFails_SaysSoAndReleasesTheStore) {
    for (const char* operation : {"set", "wait"}) {
        testing::StoreContext context(c10::make_intrusive<c10d::HashStore>());
        context.failing = operation;
        const inc_store_callbacks callbacks = context.callbacks();
        inc_group* group = nullptr;
        REQUIRE_FAILS(inc_group_create_gloo(&callbacks, 0, 2, "127.0.0.1", kTimeout, kTimeout, nullptr, &group), INC_ERROR, "fails on purpose");
        REQUIRE_EQUAL(context.released.load(), 1);
    }
}

TEST(CreateGroup_WrongArguments_AreRefusedAndReleaseTheStore) {
    testing::StoreContext context(c10::make_intrusive<c10d::HashStore>());
    const inc_store_callbacks callbacks = context.callbacks();
    inc_group* group = nullptr;
    REQUIRE_FAILS(inc_group_create_gloo(&callbacks, 2, 2, "127.0.0.1", kTimeout, kTimeout, nullptr, &group), INC_INVALID_ARGUMENT, "rank 2 of 2");
    REQUIRE_EQUAL(context.released.load(), 1);
    REQUIRE_FAILS(inc_group_create_gloo(&callbacks, 0, 1, "no.such.host.invalid", kTimeout, kTimeout, nullptr, &group), INC_ERROR, "no.such.host.invalid");
    REQUIRE_EQUAL(context.released.load(), 2);
#ifndef USE_C10D_NCCL
    REQUIRE_FAILS(inc_group_create_nccl(&callbacks, 0, 1, kTimeout, &group), INC_ERROR, "no NCCL");
#endif
}
