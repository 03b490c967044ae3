#!/usr/bin/env swift
import Helpers

var values = Values()
var other = 1
values.change(&other)
print(values.stored, values.announced, other)
print(values.built(), Array(values.opaque()), Array(values.opaqueLong()))
print((try? values.typed(0)) ?? -1, (try? values.untyped(11)) ?? -2, values.handled(0), values.handled(3))
print(values.mapped { $0 + 1 }, values.rethrown { 2 }, values.caught { 3 }, values.lazily(3))
print(values.chosen(1), values.switched(1), values.returned(2), values.conditional(), values.conditionalStatement())
print(values.braces(), values.raw(), values.long())
values[2] = 5
values.projected += 1
print(values[1], values.computed, values.projected, (try? values.failing) ?? -3)
print(values + values, -values, Values(text: "9")?.stored ?? 0, Values(text: "x") == nil)
print((try? Values(checked: 0)) == nil, values.nested(), values.default(), values.endsInstead(1))
var notes: [String] = []
print(values.deferred { notes.append($0) }, notes)
values.empty()
values.discarding()
print(look(at: pass(open(3))), open(4).close())
print(Base().described(), try Derived(more: 3).described())
print(carriage(1), Helper().inlinable(3), Helper().transparent(3), Helper().plain())
print(Watched().raise(), Depth.deeper(), try large(of: [1, 2, 3]))

let counter = Counter()
print(await counter.add(2), counter.name(), await counter.slowly(), await on(counter), onMain())
print(await nonsending(), await concurrently(), await inherits(), await both(), try await grouped())
do { print(try await failing()) } catch { print(error) }
print(await swapped())
