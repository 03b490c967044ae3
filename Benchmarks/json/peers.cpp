// json-peers PEER A B RUNS: how long a C++ library takes to parse two documents and to compare them with ==.
//
// PEER is one of the names at the end. The texts are in memory before; medians of the runs are printed as JSON. Memory is
// the peak of the whole process, with the texts.

#include <rapidjson/document.h>
#include <simdjson.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Run {
    double parse = 0, compare = 0, processor = 0;  // milliseconds; processor time of all threads
    bool equal = false;
};

[[noreturn]] void fail(const std::string &message) {
    std::fprintf(stderr, "json-peers: %s\n", message.c_str());
    std::exit(2);
}

double processorMilliseconds() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

// Times parsing, then comparing.
Run timed(const std::function<void()> &parse, const std::function<bool()> &compare) {
    using Clock = std::chrono::steady_clock;
    using Milliseconds = std::chrono::duration<double, std::milli>;
    Run run;
    double processor = processorMilliseconds();
    auto start = Clock::now();
    parse();
    auto parsed = Clock::now();
    run.equal = compare();
    run.compare = Milliseconds(Clock::now() - parsed).count();
    run.parse = Milliseconds(parsed - start).count();
    run.processor = processorMilliseconds() - processor;
    return run;
}

// simdjson's DOM has no ==. This one takes members in any order, and is quickest where the order is the same.

bool isEqual(simdjson::dom::element a, simdjson::dom::element b);

bool isEqual(simdjson::dom::object a, simdjson::dom::object b) {
    if (a.size() != b.size()) return false;
    auto other = b.begin();
    for (auto member : a) {
        if (other != b.end() && other.key() == member.key) {
            if (!isEqual(member.value, other.value())) return false;
            ++other;
            continue;
        }
        simdjson::dom::element value;
        if (b.at_key(member.key).get(value) || !isEqual(member.value, value)) return false;
        if (other != b.end()) ++other;
    }
    return true;
}

bool isEqual(simdjson::dom::array a, simdjson::dom::array b) {
    auto left = a.begin(), right = b.begin();
    for (; left != a.end() && right != b.end(); ++left, ++right) {
        if (!isEqual(*left, *right)) return false;
    }
    return !(left != a.end()) && !(right != b.end());
}

bool isNumber(simdjson::dom::element_type type) {
    using Type = simdjson::dom::element_type;
    return type == Type::INT64 || type == Type::UINT64 || type == Type::DOUBLE;
}

bool isEqual(simdjson::dom::element a, simdjson::dom::element b) {
    using Type = simdjson::dom::element_type;
    if (a.type() != b.type()) {
        return isNumber(a.type()) && isNumber(b.type()) && double(a.get_double()) == double(b.get_double());
    }
    switch (a.type()) {
    case Type::OBJECT: return isEqual(a.get_object().value_unsafe(), b.get_object().value_unsafe());
    case Type::ARRAY: return isEqual(a.get_array().value_unsafe(), b.get_array().value_unsafe());
    case Type::STRING: return a.get_string().value_unsafe() == b.get_string().value_unsafe();
    case Type::INT64: return a.get_int64().value_unsafe() == b.get_int64().value_unsafe();
    case Type::UINT64: return a.get_uint64().value_unsafe() == b.get_uint64().value_unsafe();
    case Type::DOUBLE: return a.get_double().value_unsafe() == b.get_double().value_unsafe();
    case Type::BOOL: return a.get_bool().value_unsafe() == b.get_bool().value_unsafe();
    case Type::NULL_VALUE: return true;
    }
    return false;
}

simdjson::padded_string load(const char *path) {
    simdjson::padded_string text;
    if (simdjson::padded_string::load(path).get(text)) fail(std::string("cannot read ") + path);
    return text;
}

// A parser for each document. They keep their memory from run to run if they are warm; else each run has new ones, as a
// program has that compares two documents once.
std::vector<Run> simdjsonRuns(const char *pathA, const char *pathB, int count, bool isWarm, bool onTwoThreads) {
    using simdjson::dom::element;
    using simdjson::dom::parser;
    simdjson::padded_string textA = load(pathA), textB = load(pathB);
    std::unique_ptr<parser> parserA, parserB;
    element a, b;
    auto parse = [](parser &parser, const simdjson::padded_string &text, element &root) {
        if (auto error = parser.parse(text).get(root)) fail(simdjson::error_message(error));
    };
    std::vector<Run> runs;
    for (int number = 0; number < count + isWarm; ++number) {
        if (!isWarm || number == 0) parserA.reset(), parserB.reset();
        Run run = timed(
            [&] {
                if (!parserA) parserA.reset(new parser), parserB.reset(new parser);
                if (onTwoThreads) {
                    std::thread other([&] { parse(*parserB, textB, b); });
                    parse(*parserA, textA, a);
                    other.join();
                } else {
                    parse(*parserA, textA, a);
                    parse(*parserB, textB, b);
                }
            },
            [&] { return isEqual(a, b); });
        if (!isWarm || number > 0) runs.push_back(run);
    }
    return runs;
}

std::string contents(const char *path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) fail(std::string("cannot read ") + path);
    std::string text(size_t(file.tellg()), '\0');
    file.seekg(0);
    file.read(&text[0], text.size());
    return text;
}

std::vector<Run> rapidjsonRuns(const char *pathA, const char *pathB, int count) {
    std::string textA = contents(pathA), textB = contents(pathB);
    std::vector<Run> runs;
    for (int number = 0; number < count; ++number) {
        rapidjson::Document a, b;
        runs.push_back(timed(
            [&] {
                if (a.Parse(textA.data(), textA.size()).HasParseError()) fail("RapidJSON refuses the first document");
                if (b.Parse(textB.data(), textB.size()).HasParseError()) fail("RapidJSON refuses the second document");
            },
            [&] { return a == b; }));
    }
    return runs;
}

// Strings stay in the text, which parsing overwrites: each run needs it anew, which is not timed.
std::vector<Run> rapidjsonInSituRuns(const char *pathA, const char *pathB, int count) {
    std::vector<Run> runs;
    for (int number = 0; number < count; ++number) {
        std::string textA = contents(pathA), textB = contents(pathB);
        rapidjson::Document a, b;
        runs.push_back(timed(
            [&] {
                if (a.ParseInsitu(&textA[0]).HasParseError()) fail("RapidJSON refuses the first document");
                if (b.ParseInsitu(&textB[0]).HasParseError()) fail("RapidJSON refuses the second document");
            },
            [&] { return a == b; }));
    }
    return runs;
}

double median(const std::vector<Run> &runs, const std::function<double(const Run &)> &value) {
    std::vector<double> values;
    for (const Run &run : runs) values.push_back(value(run));
    std::sort(values.begin(), values.end());
    size_t middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// VmHWM of proc_pid_status(5). ru_maxrss of getrusage(2) would not do: it survives execve(2), and so can be the parent's.
double peakMegabytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.compare(0, 6, "VmHWM:") == 0) return std::strtod(line.c_str() + 6, nullptr) * 1024 / 1e6;
    }
    fail("/proc/self/status has no VmHWM");
}

std::vector<Run> runsOf(const std::string &peer, const char *a, const char *b, int count) {
    if (peer == "simdjson") return simdjsonRuns(a, b, count, false, false);
    if (peer == "simdjson-warm") return simdjsonRuns(a, b, count, true, false);
    if (peer == "simdjson-2-threads") return simdjsonRuns(a, b, count, false, true);
    if (peer == "rapidjson") return rapidjsonRuns(a, b, count);
    if (peer == "rapidjson-in-situ") return rapidjsonInSituRuns(a, b, count);
    fail("'" + peer + "' is none of simdjson, simdjson-warm, simdjson-2-threads, rapidjson, rapidjson-in-situ");
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 5 || std::atoi(arguments[4]) < 1) {
        std::fprintf(stderr, "usage: json-peers PEER A B RUNS\n");
        return 64;
    }
    auto runs = runsOf(arguments[1], arguments[2], arguments[3], std::atoi(arguments[4]));
    std::printf(
        "{\"parse_ms\": %.3f, \"compare_ms\": %.3f, \"total_ms\": %.3f, \"cpu_ms\": %.3f, \"rss_mb\": %.1f, \"equal\": %s}\n",
        median(runs, [](const Run &run) { return run.parse; }), median(runs, [](const Run &run) { return run.compare; }),
        median(runs, [](const Run &run) { return run.parse + run.compare; }),
        median(runs, [](const Run &run) { return run.processor; }), peakMegabytes(), runs[0].equal ? "true" : "false");
}
