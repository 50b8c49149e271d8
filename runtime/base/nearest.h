/* The nearest right name: "did you mean". */
#ifndef CD_BASE_NEAREST_H
#define CD_BASE_NEAREST_H

#include "runtime/base/str.h"

/* Finds the nearest of many candidate names ("did you mean"). */
struct cd_nearest {
    struct cd_str wanted, best;
    unsigned distance; /* of BEST; starts at the largest distance that is still worth a hint */
    bool is_part; /* BEST begins or ends as WANTED does, and no candidate is near by distance */
};
void cd_nearest_init(struct cd_nearest *n, struct cd_str wanted);
void cd_nearest_try(struct cd_nearest *n, struct cd_str candidate);

#endif
