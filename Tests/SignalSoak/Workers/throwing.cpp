#include "workers.h"
#include <stdexcept>
#include <string>

namespace {
struct shape {
    virtual ~shape() = default;
    virtual std::size_t deeper(std::size_t depth) const = 0;
};

// An object with a destructor in each frame, which the unwinding runs.
struct square : shape {
    __attribute__((noinline)) std::size_t deeper(std::size_t depth) const override {
        std::string name(40, 'n');
        if (!depth) throw std::runtime_error(name);
        return deeper(depth - 1) + name.size();
    }
};
} // namespace

void throw_exceptions(void) {
    const square square;
    const shape &shape = square;
    try {
        shape.deeper(10);
    } catch (const std::runtime_error &error) {
        if (std::string(error.what()).size() == 40) return;
    }
    soak_fail("an exception was not caught");
}
