/* Statements cut to what they say of one resource: in a file for each kind of resource. */
#ifndef CD_EMIT_CUT_H
#define CD_EMIT_CUT_H

#include "compiler/emit/emit.h"

/* What becomes of a statement in the document of one resource. */
enum cd_cut {
    CD_CUT_NOTHING,      /* it does not speak of it */
    CD_CUT_DONE,         /* *out is what it says of it */
    CD_CUT_INTERPOLATED, /* which resource it speaks of comes from a key of the request */
    CD_CUT_IN_PART,      /* it speaks of some of the resources that the document is for */
    CD_CUT_OLD_VERSION,  /* it has variables, and the policy that it is merged into knows none */
};

#endif
