enum REDSkeleton {}
