import Foundation

FileHandle.standardError.write(Data("usage: stats-check\n".utf8))
exit(2)
