// C++ without frame pointers: virtual calls, and exceptions.
#include "CStackCorpus.h"
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#define KEPT __attribute__((noinline))

namespace corpus {
struct shape {
    virtual ~shape() = default;
    virtual uint64_t area(uint64_t seed) const = 0;
};
struct square : shape {
    KEPT uint64_t area(uint64_t seed) const override { return corpus_work(seed) & 0xffff; }
};
struct group : shape {
    std::vector<std::unique_ptr<shape>> parts;
    KEPT uint64_t area(uint64_t seed) const override {
        uint64_t sum = 0;
        for (const auto &part : parts) sum += part->area(seed + sum);
        return sum;
    }
};

KEPT std::unique_ptr<shape> nested(int depth) {
    if (!depth) return std::make_unique<square>();
    auto made = std::make_unique<group>();
    for (int index = 0; index < 2; index++) made->parts.push_back(nested(depth - 1));
    return made;
}

KEPT uint64_t thrower(int depth, uint64_t seed) {
    std::string name(32, 'n');
    if (!depth) {
        if (corpus_work(seed)) throw std::runtime_error(name);
    }
    return thrower(depth - 1, seed) + name.size();
}

KEPT uint64_t catcher(uint64_t seed) {
    try {
        return thrower(8, seed);
    } catch (const std::runtime_error &error) {
        return seed + std::string(error.what()).size();
    }
}
} // namespace corpus

void corpus_virtual_calls(void) {
    auto shape = corpus::nested(6);
    uint64_t seed = 1;
    while (!corpus_is_over()) seed = shape->area(seed);
}

void corpus_exceptions(void) {
    uint64_t seed = 1;
    while (!corpus_is_over()) seed = corpus::catcher(seed);
}
