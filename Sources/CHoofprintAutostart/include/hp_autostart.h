#pragma once
/// Defined in Swift, by the target HoofprintAutostart.
void hp_autostart(void);
