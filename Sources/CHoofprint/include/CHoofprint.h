int hp_skeleton(void);
