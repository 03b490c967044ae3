// Whether C++ exceptions stay libgcc's while stacks are sampled, and what they cost then.
//
// Throws for half a second by turns with the sampler off and on, 10 times, and prints the ratio.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <stdexcept>
#include <unwind.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <algorithm>

extern "C" {
const char *throws_start(std::uint32_t per_second);
void throws_stop(void);
double throws_seconds(void);
}

namespace {
__attribute__((noinline)) int deeper(int depth) {
    if (!depth) throw std::runtime_error("thrown");
    return deeper(depth - 1) + 1;
}

// One copy of the code for both: two differ by 7 % in the places of their landing pads alone.
__attribute__((noinline)) double throws_per_second() {
    double start = throws_seconds(), now;
    std::uint64_t count = 0;
    do {
        for (int times = 0; times < 10000; times++) {
            try {
                deeper(10);
            } catch (const std::runtime_error &) {
                count++;
            }
        }
        now = throws_seconds();
    } while (now - start < 0.5);
    return static_cast<double>(count) / (now - start);
}
} // namespace

int main() {
    // With one thread alone the C++ library counts references without atomic operations: throws are faster before the
    // sampler's thread comes, whatever that does.
    std::thread([] { pause(); }).detach();
    std::vector<double> ratios;
    double off = 0, on = 0;
    for (int round = 0; round < 10; round++) {
        double without = throws_per_second();
        if (const char *problem = throws_start(999)) {
            std::fprintf(stderr, "throws: %s\n", problem);
            return 1;
        }
        double with = throws_per_second();
        throws_stop();
        ratios.push_back(with / without);
        off += without / 10;
        on += with / 10;
    }
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(&_Unwind_RaiseException), &info)) return 1;
    bool is_libgcc = std::strstr(info.dli_fname, "libgcc_s.so") != nullptr;
    std::sort(ratios.begin(), ratios.end());
    std::printf("_Unwind_RaiseException is that of %s\n", info.dli_fname);
    std::printf("throws a second: %.0f, sampled at 999 Hz %.0f; ratio, median of 10 pairs: %.3f\n", off, on,
                (ratios[4] + ratios[5]) / 2);
    return is_libgcc ? 0 : 1;
}
