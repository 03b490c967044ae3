// A library that is loaded and unloaded again and again: constructors, destructors, thread-local storage, an exception.
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
struct counter {
    std::vector<std::string> names;
    counter() : names(16, "constructed at load time, long enough to be allocated") {}
    ~counter() { names.clear(); }
};
counter at_load;
thread_local std::string of_thread = "made when a thread first uses it, long enough to be allocated";

__attribute__((noinline)) std::size_t deeper(std::size_t depth) {
    volatile char room[64];
    room[0] = static_cast<char>(depth);
    if (depth) return deeper(depth - 1) + static_cast<std::size_t>(room[0]);
    if (at_load.names.size() == 16) throw std::runtime_error("as expected");
    return 0;
}
} // namespace

extern "C" std::size_t soak_library_entry(std::size_t depth) {
    of_thread += 'x';
    try {
        return deeper(depth);
    } catch (const std::runtime_error &) {
        return of_thread.size();
    }
}
