// A test is a function that throws when it fails; testing.cpp runs the one that its argument names.
#pragma once

#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>

#include "extensions/extensions.h"

namespace testing {

struct Registration {
    Registration(const char* name, std::function<void()> body);
};

template <class Left, class Right>
void check_equal(const Left& left, const Right& right, const char* what, int line) {
    if (left == right) return;
    std::ostringstream message;
    message << "line " << line << ": " << what << ": " << left << " is not " << right;
    throw std::runtime_error(message.str());
}

inline void check(bool condition, const char* what, int line) {
    if (!condition) throw std::runtime_error("line " + std::to_string(line) + ": " + what);
}

inline void check_ok(int status, const char* what, int line) {
    if (status != INC_OK) throw std::runtime_error("line " + std::to_string(line) + ": " + what + ": " + inc_last_error());
}

inline void check_fails(int status, Status expected, const char* part, const char* what, int line) {
    check_equal(status, static_cast<int>(expected), what, line);
    if (std::string(inc_last_error()).find(part) == std::string::npos)
        throw std::runtime_error("line " + std::to_string(line) + ": \"" + inc_last_error() + "\" does not say \"" + part + "\"");
}

}  // namespace testing

#define TEST(name)                                                    \
    static void name();                                               \
    static const testing::Registration name##_registered(#name, name); \
    static void name()
#define REQUIRE(condition) testing::check((condition), #condition, __LINE__)
#define REQUIRE_EQUAL(left, right) testing::check_equal((left), (right), #left, __LINE__)
#define REQUIRE_OK(call) testing::check_ok((call), #call, __LINE__)
// The call returns this status, with a message that contains `part`.
#define REQUIRE_FAILS(call, status, part) testing::check_fails((call), (status), (part), #call, __LINE__)
