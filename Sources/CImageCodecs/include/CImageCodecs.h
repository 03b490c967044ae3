int image_codecs_skeleton(void);
