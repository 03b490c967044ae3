#include "CSpanCost.h"
