/// The version of this package, which each of its programs tells with `--version`.
package let packageVersion = "0.1.0"
