enum TraceReportSkeleton {}
