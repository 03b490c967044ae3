import GRDB
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A member of a group: what shows that it lives, and what becomes of those that do not.
///
/// A member whose process ended has lost its lock, and is noticed at once; one that is stopped or stuck does not renew
/// its lease.
final class QueueMember: Sendable {
    /// How long a lease lasts, in seconds.
    static let leaseSeconds = 30
    let group: QueueGroup
    private let lock: MemberLock
    private let current: Mutex<Int64>

    /// Joins a group, within a transaction.
    init(_ group: QueueGroup, _ lock: MemberLock, _ database: Database) throws {
        self.group = group
        self.lock = lock
        current = Mutex(0)
        try join(database)
    }

    /// The member's number.
    var number: Int64 { current.withLock { $0 } }

    private func join(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO member (consumers, lease) VALUES (?, ?)",
            arguments: [group.number, Self.now + Self.leaseSeconds])
        let number = database.lastInsertedRowID
        guard lock.lock(number) else {
            throw lock.failure(number)
        }
        current.withLock { $0 = number }
    }

    /// Renews the lease; joins anew if others have taken it for dead, after it was stopped for long.
    func renew(_ database: Database) throws {
        try database.cachedStatement(sql: "UPDATE member SET lease = ? WHERE number = ?")
            .execute(arguments: [Self.now + Self.leaseSeconds, number])
        if database.changesCount == 0 {
            lock.unlock(number)
            try join(database)
        }
    }

    /// Leaves, and gives back what is not acknowledged.
    func leave(_ database: Database) throws {
        try remove(number, database)
        lock.unlock(number)
    }

    /// Whether others of the group have died.
    func hasDead(_ database: Database) throws -> Bool { try !dead(database).isEmpty }

    /// Takes those that have died out of the group.
    func removeDead(_ database: Database) throws {
        for member in try dead(database) { try remove(member, database) }
    }

    private func dead(_ database: Database) throws -> [Int64] {
        let now = Self.now
        return try Row.fetchAll(
            database.cachedStatement(sql: "SELECT number, lease FROM member WHERE consumers = ? AND number <> ?"),
            arguments: [group.number, number]
        ).filter { !lock.isLocked($0["number"]) || $0["lease"] < now }.map { $0["number"] }
    }

    private func remove(_ member: Int64, _ database: Database) throws {
        try group.release(nil, of: member, database)
        try database.execute(sql: "DELETE FROM member WHERE number = ?", arguments: [member])
        try database.execute(
            sql: """
                DELETE FROM consumers WHERE number = :group AND is_passing
                    AND NOT EXISTS (SELECT 1 FROM member WHERE consumers = :group)
                """, arguments: ["group": group.number])
        guard database.changesCount > 0 else { return }
        try database.execute(sql: "DELETE FROM claim WHERE consumers = ?", arguments: [group.number])
        try QueueTopic.removeHandled(of: group.topic, database)
    }

    /// Seconds since the machine started: all processes see the same, and it goes on while the machine sleeps.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return time.tv_sec
    }
}
