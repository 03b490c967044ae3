#include "CHoofprint.h"
int hp_skeleton(void) { return 0; }
