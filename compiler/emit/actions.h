/* The actions of a deny as IAM writes them: Action, or NotAction, or a list of what is left. */
#ifndef CD_EMIT_ACTIONS_H
#define CD_EMIT_ACTIONS_H

#include "compiler/emit/emit.h"

struct cd_acts {
    struct cd_str *acts, *excepts; /* patterns as written, sorted, no doubles */
    size_t n_acts, n_excepts;
    bool is_star;      /* every action that the target can carry is among the acts */
    struct cd_str all; /* how that is written: `*`; in a bucket policy `s3:*`; empty if it takes
                          more than one pattern, or if the target takes no NotAction */
    bool is_expanded;  /* a subtraction that IAM cannot say: `known` are the actions left */
    bool loses_future; /* a pattern was expanded: actions yet to come are not among them */
    uint32_t *known;
    size_t n_known;
    struct cd_str *dropped; /* acts that the target cannot carry */
    size_t n_dropped;
};

/* The acts of DENY, cut to those that TARGET can carry (n_acts is 0 if it can carry none). False if
 * an act is not constant. */
bool cd_acts_of(struct cd_arena *a, enum cd_target target, const struct cd_deny *deny,
                const struct cd_const_env *env, struct cd_acts *out);
/* Is there an action that the pattern matches? */
bool cd_act_is_known(struct cd_str act);
/* Sets the statement's actions to all of them; none if all are excepted. */
void cd_acts_whole(struct cd_arena *a, const struct cd_acts *acts, struct cd_statement *s);

#endif
