/// In another module, with bodies in its interface.
public struct Helper {
    /// A case.
    public init() {}

    /// A case.
    @inlinable public func inlinable(_ value: Int) -> Int { usable(value) + 1 }
    @usableFromInline func usable(_ value: Int) -> Int { value * 2 }
    /// A case.
    @_transparent public func transparent(_ value: Int) -> Int { value - 1 }
    @inline(__always) func alwaysInlined() -> Int { 3 }
    /// A case.
    public func plain() -> Int { alwaysInlined() }
}
