#include "testing.h"

#include <csignal>
#include <cstdio>
#include <map>

namespace testing {
namespace {
std::map<std::string, std::function<void()>>& tests() {
    static std::map<std::string, std::function<void()>> all;
    return all;
}
}  // namespace

Registration::Registration(const char* name, std::function<void()> body) {
    tests().emplace(name, std::move(body));
}

}  // namespace testing

int main(int count, char** arguments) {
    if (count != 2) {
        for (const auto& test : testing::tests()) std::puts(test.first.c_str());
        return 2;
    }
    // As in .NET; Gloo writes to sockets that the peer may have closed.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        testing::tests().at(arguments[1])();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
