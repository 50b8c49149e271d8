/* From requires to denies: the negation of each `require` with properties replaced by the condition
 * keys that tell them (bindings.h), as denies beside the written ones; and what of each `require`
 * no deny can say, with the reason. In come checked modules; later stages see derived denies like
 * written ones. */
#ifndef CD_DERIVE_DERIVE_H
#define CD_DERIVE_DERIVE_H

#include "compiler/sema/sema.h"

struct cd_derive_options {
    bool stricter; /* also denies that leave out what of a `where` no key tells */
};

/* Appends to the denies and breaches of each control of S. Diagnostics if a test expects a deny of
 * a control without any; then CORDON_EPOLICY. */
CORDON_MUST_CHECK cordon_status cd_derive_denies(struct cd_sema *s,
                                                 const struct cd_derive_options *options);

#endif
