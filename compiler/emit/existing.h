/* A policy that a resource has already, into which the statements of an emission are merged: none
 * of its own statements is lost or changed. */
#ifndef CD_EMIT_EXISTING_H
#define CD_EMIT_EXISTING_H

#include "compiler/emit/emit.h"

struct cd_existing {
    struct cd_str head, tail;        /* of the document, before and behind its statements */
    const struct cd_str *statements; /* their JSON without blanks, in order */
    const struct cd_policy_statement *const *read; /* the same, read */
    size_t n;
    bool has_variables;            /* version 2012-10-17: `${…}` is read in it */
    const struct cd_str *replaced; /* Sids of the statements that an earlier emission put there, */
    size_t n_replaced;             /* and that are not among STATEMENTS any more */
};

/* Reads the document TEXT. CORDON_EINPUT with the place if it is no policy of a resource. */
CORDON_MUST_CHECK cordon_status cd_existing_read(struct cd_arena *a, struct cd_str text,
                                                 struct cd_existing *out, struct cordon_error *err);
/* The document without the statements that an earlier emission of CONTROLS put there: those that
 * deny everybody under a Sid that leads back to one of them. */
struct cd_existing *cd_existing_without(struct cd_arena *a, const struct cd_existing *existing,
                                        const struct cd_decls *controls);
/* Gives statements whose Sid one of the document's has another one that leads back as well.
 * Statements of one control stand together. */
void cd_existing_part_sids(struct cd_arena *a, const struct cd_existing *existing,
                           struct cd_statement *statements, size_t n);
/* Does S hold a `${…}`, which a document of version 2008-10-17 takes literally? */
bool cd_statement_has_variable(const struct cd_statement *s);

#endif
