enum ImageUploadSkeleton {}
