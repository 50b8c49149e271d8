/* What a program does first, before anything is allocated. */
#ifndef CD_DRIVER_START_H
#define CD_DRIVER_START_H

void cd_process_start(void);

#endif
