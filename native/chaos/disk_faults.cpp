// Makes a disk full, broken or slow for one process: loaded by LD_PRELOAD, it stands between the process and libc. The trainer neither
// links nor knows it; 'inception chaos' sets it on its children.
//
// INCEPTION_DISK_FAULTS names a control file of 4,096 bytes, which is mapped, so that faults come and go while the process runs. Each
// line is a fault on all files whose path begins with PREFIX, unused bytes are 0:
//
//     full PREFIX        making and writing files: ENOSPC
//     error PREFIX       making, writing and syncing files: EIO
//     slow MS PREFIX     each such call takes so many milliseconds longer
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr size_t control_size = 4096;

enum class Call { make, write, sync };

template <typename Function>
Function next(const char *name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

const char *map_control() {
    const char *path = getenv("INCEPTION_DISK_FAULTS");
    if (path == nullptr) return nullptr;
    // Not open(2) of this library: it would ask for the control file.
    auto *real_open = next<int (*)(const char *, int, ...)>("open");
    int file = real_open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0) return nullptr;
    bool fits = fstat(file, &status) == 0 && status.st_size == control_size;
    void *mapped = fits ? mmap(nullptr, control_size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    close(file);
    return mapped == MAP_FAILED ? nullptr : static_cast<const char *>(mapped);
}

const char *control() {
    static const char *const mapped = map_control();
    return mapped;
}

// Nothing but a look at one byte while there is no fault.
bool any_fault() { return control() != nullptr && *static_cast<const volatile char *>(control()) != 0; }

void wait_milliseconds(long milliseconds) {
    timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

// The error that the call meets, after its delay; 0: none.
int trouble(Call call, const char *path) {
    char lines[control_size];
    memcpy(lines, control(), control_size);
    lines[control_size - 1] = 0;
    int error = 0;
    char *rest = nullptr;
    for (char *line = strtok_r(lines, "\n", &rest); line != nullptr; line = strtok_r(nullptr, "\n", &rest)) {
        char kind[8], prefix[PATH_MAX];
        long milliseconds = 0;
        bool is_slow = sscanf(line, "slow %ld %4095[^\n]", &milliseconds, prefix) == 2;
        if (!is_slow && sscanf(line, "%7s %4095[^\n]", kind, prefix) != 2) continue;
        if (strncmp(path, prefix, strlen(prefix)) != 0) continue;
        if (is_slow) wait_milliseconds(milliseconds);
        else if (strcmp(kind, "error") == 0) error = EIO;
        else if (strcmp(kind, "full") == 0 && call != Call::sync) error = ENOSPC;
    }
    return error;
}

// False, and errno set, where the call must fail.
bool goes_on(Call call, const char *path) {
    int before = errno;
    int error = trouble(call, path);
    errno = error != 0 ? error : before;
    return error == 0;
}

bool goes_on(Call call, int file) {
    if (!any_fault()) return true;
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || path[0] != '/') return true; // A socket or a pipe.
    path[length] = 0;
    return goes_on(call, path);
}

bool may_make(int directory, const char *path, int flags) {
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) == 0 || !any_fault()) return true;
    if (path[0] == '/') return goes_on(Call::make, path);
    char link[32], whole[2 * PATH_MAX];
    snprintf(link, sizeof link, directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, whole, PATH_MAX);
    if (length <= 0) return true;
    snprintf(whole + length, sizeof whole - length, "/%s", path);
    return goes_on(Call::make, whole);
}

} // namespace

#define REAL(name) static auto *const real = next<decltype(&::name)>(#name)

// The declarations of fcntl.h and unistd.h name the 64-bit calls too; both names are what programs are linked to.
#define OPEN(name)                                                                                                                         \
    extern "C" int name(const char *path, int flags, ...) {                                                                                \
        REAL(name);                                                                                                                        \
        va_list arguments;                                                                                                                 \
        va_start(arguments, flags);                                                                                                        \
        mode_t mode = va_arg(arguments, mode_t);                                                                                           \
        va_end(arguments);                                                                                                                 \
        return may_make(AT_FDCWD, path, flags) ? real(path, flags, mode) : -1;                                                             \
    }

#define OPENAT(name)                                                                                                                       \
    extern "C" int name(int directory, const char *path, int flags, ...) {                                                                 \
        REAL(name);                                                                                                                        \
        va_list arguments;                                                                                                                 \
        va_start(arguments, flags);                                                                                                        \
        mode_t mode = va_arg(arguments, mode_t);                                                                                           \
        va_end(arguments);                                                                                                                 \
        return may_make(directory, path, flags) ? real(directory, path, flags, mode) : -1;                                                 \
    }

#define WRITE(name, parameters, arguments)                                                                                                 \
    extern "C" ssize_t name parameters {                                                                                                   \
        REAL(name);                                                                                                                        \
        return goes_on(Call::write, file) ? real arguments : -1;                                                                           \
    }

#define SYNC(name)                                                                                                                         \
    extern "C" int name(int file) {                                                                                                        \
        REAL(name);                                                                                                                        \
        return goes_on(Call::sync, file) ? real(file) : -1;                                                                                \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
WRITE(write, (int file, const void *bytes, size_t count), (file, bytes, count))
WRITE(pwrite, (int file, const void *bytes, size_t count, off_t offset), (file, bytes, count, offset))
WRITE(pwrite64, (int file, const void *bytes, size_t count, off64_t offset), (file, bytes, count, offset))
WRITE(writev, (int file, const iovec *parts, int count), (file, parts, count))
WRITE(pwritev, (int file, const iovec *parts, int count, off_t offset), (file, parts, count, offset))
WRITE(pwritev64, (int file, const iovec *parts, int count, off64_t offset), (file, parts, count, offset))
SYNC(fsync)
SYNC(fdatasync)

extern "C" int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return may_make(AT_FDCWD, path, O_CREAT) ? real(path, mode) : -1;
}
