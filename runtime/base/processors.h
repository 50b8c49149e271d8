/* The processors of the machine. */
#ifndef CD_BASE_PROCESSORS_H
#define CD_BASE_PROCESSORS_H

/* How many this process may run on, at least 1. */
unsigned cd_processors(void);

#endif
