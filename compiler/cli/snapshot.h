/* The parts of `cordon snapshot` that have files of their own. */
#ifndef CD_CLI_SNAPSHOT_H
#define CD_CLI_SNAPSHOT_H

/* snapshot_info.c */
int cd_snapshot_info(int argc, char **argv);

#endif
