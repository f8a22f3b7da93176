#include "common/status.h"

#include <c10/util/Exception.h>

namespace inception {
namespace {
thread_local std::string last_error;
}

void set_last_error(const char* message) noexcept {
    try {
        last_error = message;
    } catch (...) {
        last_error.clear();
    }
}

Status status_of_current_exception() noexcept {
    try {
        throw;
    } catch (const StatusError& error) {
        set_last_error(error.what());
        return error.status;
    } catch (const c10::Error& error) {
        set_last_error(error.what_without_backtrace());
        return INC_ERROR;
    } catch (const std::exception& error) {
        set_last_error(error.what());
        return INC_ERROR;
    } catch (...) {
        set_last_error("an exception of an unknown type");
        return INC_ERROR;
    }
}

}  // namespace inception

INC_API const char* inc_last_error() {
    return inception::last_error.c_str();
}
