// Traced functions of every kind, in a process of their own, whose log the tests read. Only this module is imported.

import HoofprintTraced

HoofprintSystem.bootstrap()
if CommandLine.arguments.contains("crash") { crash() }
await callFunctions()
callInitialisers()
await callMembers()
HoofprintSystem.shutdown()
