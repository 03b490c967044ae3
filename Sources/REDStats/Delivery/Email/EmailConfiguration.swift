/// Where alerts are mailed to.
struct EmailConfiguration {
    let to: EmailAddress
    let members: ConfigurationMembers

    init(_ json: String) throws(ConfigurationMistake) {
        members = try ConfigurationMembers(json, known: ["to"])
        guard let to = EmailAddress(try members.required("to")) else {
            throw ConfigurationMistake("to", "it is not one mail address in ASCII, as name@example.org")
        }
        self.to = to
    }
}
