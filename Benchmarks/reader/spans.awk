# What trace-report counts, by awk: prints spans, sums of time, own time and on-CPU time, paths. See queries.py.
at = index($0, "~hp1 span ") {
    split(substr($0, at), field, /[ =]/)
    key = field[3] " " field[6]
    took = field[16] + 0
    count[key]++
    total[key] += took
    own[key] += field[18]
    cpu[key] += field[20]
    if (took > longest[key]) longest[key] = took
}
END {
    for (key in count) {
        paths++
        counts += count[key]
        totals += total[key]
        owns += own[key]
        cpus += cpu[key]
    }
    printf "%.0f %.0f %.0f %.0f %d\n", counts, totals, owns, cpus, paths
}
