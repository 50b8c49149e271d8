/* Checksums of parts of a file that are looked at one by one. In a file of its own, so that a test
 * can stand in for it and see what is left if no checksum protects. */
#ifndef CD_BASE_CHECKSUM_H
#define CD_BASE_CHECKSUM_H

#include "runtime/base/str.h"

/* Is CHECKSUM the XXH3 of BYTES? */
bool cd_checksum_holds(struct cd_str bytes, uint64_t checksum);

#endif
