// Recording that starts by itself: a program that has this target in it is bootstrapped as the environment says before its
// `main` runs. Instrumented builds have it; nothing else should.

import CHoofprintAutostart
import Hoofprint

@_cdecl("hp_autostart")
func startHoofprint() { HoofprintSystem.startItself() }
