// spdlog's row of the table of peers: a line before and a line after, to a file, written by the thread that logs.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "CMeasure.h"

static std::shared_ptr<spdlog::logger> logger;

static void spans(long count) {
    for (long i = 0; i < count; i++) {
        logger->info("begin id={}", i);
        measure_leaf();
        logger->info("end id={}", i);
    }
}

int main(int argc, char **argv) {
    const char *path = std::getenv("PEER_FILE");
    if (!path) {
        std::fprintf(stderr, "spdlog: the variable PEER_FILE does not say which file to write\n");
        return 64;
    }
    try {
        logger = spdlog::basic_logger_mt("peer", path, true);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "spdlog: cannot open the log '%s': %s\n", path, error.what());
        return 73;
    }
    return measure_run("spdlog, two lines", spans, 200000, argc, argv);
}
