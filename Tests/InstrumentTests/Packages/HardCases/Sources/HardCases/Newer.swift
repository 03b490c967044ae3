// Parts for compilers to come, which this one reads over.
struct Newer {
    #if compiler(>=99.1) && NEVER_SET
    var value: Int {
        borrowed(by: .everybody) { &stored } handed
    }
    #elseif swift(<99)
    func present() -> Int { 1 }
    #else
    func past() -> Int { 1 ~~ }
    #endif

    #if !compiler(>=99.1)
    func kept() -> Int {
        2
            #if NEVER_SET
            .byteSwapped
            #endif
    }
    #else
    func gone( -> Int { 3 }
    #if NEVER_SET
    case } of
    #endif
    #endif
}
