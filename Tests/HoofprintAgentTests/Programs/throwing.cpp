// Threads that throw and catch.
#include "sampled.h"
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

static thread_local int caught;
static thread_local volatile double sum;

__attribute__((noinline)) static void compute() {
    for (int n = 1; n < 100000; n++) sum = sum + 1.0 / n;
}

__attribute__((noinline)) static void attempt() {
    try {
        compute();
        throw std::runtime_error("no");
    } catch (const std::exception &error) {
        caught += error.what()[0] == 'n';
    }
}

int main() {
    std::vector<std::thread> threads;
    bool has_caught[4] = {};
    for (auto &own : has_caught)
        threads.emplace_back([&own] {
            run_until_sampled(attempt);
            own = caught > 0;
        });
    for (auto &thread : threads) thread.join();
    int all = 0;
    for (bool own : has_caught) all += own;
    std::printf("%d threads caught\n", all);
}
