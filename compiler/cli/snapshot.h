/* The parts of `cordon snapshot` that have files of their own. */
#ifndef CD_CLI_SNAPSHOT_H
#define CD_CLI_SNAPSHOT_H

#include "runtime/driver/options.h"

/* snapshot_info.c */
int cd_snapshot_info(int argc, char **argv);
/* 0, or 2 and USAGE's error where PATH can be read and is no store. */
int cd_snapshot_check_store(const struct cd_usage *usage, const char *path);

#endif
