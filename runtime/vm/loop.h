/* Reductions of a loop, and the hooks by which an explanation keeps what a loop did. */
#ifndef CD_VM_LOOP_H
#define CD_VM_LOOP_H

#include "runtime/vm/vm.h"

/* The collection that a loop goes through, by parent lane. */
struct cd_source {
    const uint8_t *state;
    const uint32_t *open;
    const uint32_t *reason; /* of unknown lanes, NULL: none */
};

struct cd_reduction {
    const struct cd_insn *in;
    struct cd_arena *arena;     /* of the parent domain */
    struct cd_vec *out;         /* grows while the loop runs */
    uint32_t n;                 /* parent lanes */
    uint32_t last_lane;         /* COLLECT: the lane that the last member was for */
    struct cd_reduction *after; /* the loop's next */
};

void cd_reduction_begin(struct cd_eval *e, struct cd_reduction *r, const struct cd_insn *in,
                        struct cd_arena *a, uint32_t n);
/* Accounts for what the collections themselves say: absent, unknown, open. */
void cd_reduction_end(struct cd_eval *e, struct cd_reduction *r, const struct cd_source *source);
/* Can no further member change the lane's answer? */
bool cd_reduction_decided(const struct cd_reduction *r, uint32_t lane);

/* ---- hooks of the trace; they do nothing but empty the loop's arena while nothing is explained
 * ---- */
void cd_trace_loop_begin(struct cd_eval *e);
void cd_trace_loop_end(struct cd_eval *e, const struct cd_plan *plan, uint32_t at);
void cd_trace_chunk_begin(struct cd_eval *e, uint32_t domain);
void cd_trace_chunk_end(struct cd_eval *e, const struct cd_plan *plan, uint32_t at,
                        const struct cd_reduction *first);

#endif
