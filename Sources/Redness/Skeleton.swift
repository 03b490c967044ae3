enum RednessSkeleton {}
