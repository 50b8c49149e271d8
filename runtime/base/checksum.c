#include "runtime/base/checksum.h"

bool
cd_checksum_holds(struct cd_str bytes, uint64_t checksum)
{
    return cd_str_hash(bytes) == checksum;
}
