// A constructor, which runs before the program's `main`. Swift's runtime and the recorder have what they need by then: the
// libraries they depend on were begun before.
#include "hp_autostart.h"

__attribute__((constructor)) static void start(void) { hp_autostart(); }
