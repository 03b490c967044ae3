#include "CImageCodecs.h"
int image_codecs_skeleton(void) { return 0; }
