import Foundation

/// A dashboard of Grafana's, as far as tests look at it.
struct Dashboard: Decodable {
    struct Source: Decodable, Equatable {
        let type: String, uid: String
    }

    struct Target: Decodable {
        let refId: String
        let datasource: Source
        /// What Graphite is asked.
        let target: String?
        /// What PostgreSQL is asked.
        let rawSql: String?
    }

    struct Panel: Decodable {
        struct Place: Decodable {
            let x: Int, y: Int, w: Int, h: Int
        }

        let id: Int
        let title: String
        let gridPos: Place
        let targets: [Target]
    }

    struct Variable: Decodable {
        struct Option: Decodable {
            let text: String, value: String
        }

        let name: String
        let query: String?
        let allValue: String?
        let options: [Option]
    }

    struct Templating: Decodable {
        let list: [Variable]
    }

    let uid: String, title: String
    let panels: [Panel]
    let templating: Templating

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Dashboards").standardizedFileURL

    static func read(_ name: String) throws -> Dashboard {
        try JSONDecoder().decode(
            Dashboard.self, from: Data(contentsOf: folder.appendingPathComponent("grafana/\(name).json")))
    }

    /// A text with values for variables, as Grafana puts them in.
    static func fill(_ text: String, _ values: [String: String]) -> String {
        // The longest names first, as one may be the beginning of another.
        values.sorted { $0.key.count > $1.key.count }.reduce(text) { text, value in
            text.replacingOccurrences(of: "${\(value.key)}", with: value.value)
                .replacingOccurrences(of: "$\(value.key)", with: value.value)
        }
    }
}
