enum TraceLogSkeleton {}
