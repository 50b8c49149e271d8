/* Eight lanes of answers as one word: most of them are true or false, and need no table. */
#ifndef CD_VM_GROUP_H
#define CD_VM_GROUP_H

#include "runtime/vm/vec.h"

#define CD_GROUP 8u
#define CD_GROUP_OF(answer) (UINT64_C(0x0101010101010101) * (answer))

_Static_assert(CD_F == 0 && CD_T == 1, "true and false are one bit, the others have another one");

static inline uint64_t
cd_group_load(const uint8_t *lanes)
{
    uint64_t word;
    memcpy(&word, lanes, sizeof word);
    return word;
}

static inline void
cd_group_store(uint8_t *lanes, uint64_t word)
{
    memcpy(lanes, &word, sizeof word);
}

/* Is every lane true or false? */
static inline bool
cd_group_is_decided(uint64_t word)
{
    return (word & ~CD_GROUP_OF(CD_T)) == 0;
}

#endif
