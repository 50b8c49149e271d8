/* Explanations: one row's clauses run again, with everything kept that decided an answer, and read
 * back from the require to the properties that it rests on. */
#ifndef CD_VM_EXPLAIN_H
#define CD_VM_EXPLAIN_H

#include "runtime/ingest/ingest.h"
#include "runtime/vm/loop.h"

/* ---- the trace ---- */

struct cd_trace_loop;

/* Lanes that were kept: of the row itself, or of a chunk of a loop. */
struct cd_trace_frame {
    struct cd_trace_frame *parent; /* NULL: the row, or the whole snapshot */
    uint32_t domain;
    uint32_t n;
    const uint32_t *up, *idx; /* as in cd_frame; copies */
    struct cd_idmap by_reg;   /* register -> index into vecs; unused where parent is NULL */
    struct cd_vec *vecs;
    struct cd_trace_loop *loops; /* that ran inside, latest first */
    struct cd_trace_frame *next; /* chunk of the same loop */
};
struct cd_trace_loop {
    uint32_t domain;               /* that it opens */
    struct cd_trace_frame *chunks; /* in order */
    struct cd_trace_frame **last;
    uint32_t n_kept;
    struct cd_trace_loop *next;
};
struct cd_trace_require {
    uint32_t require;
    uint32_t cond, where; /* registers; where may be CD_NONE */
    uint8_t fold;         /* enum cd_fold */
};
/* Where arenas stood before a chunk, so that a chunk that decides nothing leaves nothing behind. */
struct cd_trace_mark {
    struct cd_trace_mark *before;
    struct cd_trace_frame *frame;
    struct cd_arena_mark marks[];
};
struct cd_trace {
    struct cd_arena *arena;
    bool keeps;                   /* chunks are kept; else only the answers count */
    struct cd_trace_frame *frame; /* that runs */
    struct cd_trace_loop *loop;   /* that runs */
    struct cd_trace_mark *mark;
    struct cd_trace_frame root;
    struct cd_trace_require *requires;
    size_t n_requires, cap_requires;
    uint32_t message_require; /* whose message is looked for */
    uint32_t message;         /* dictionary id, CD_NO_STR: none */
};

void cd_trace_verdict(struct cd_eval *e, const struct cd_insn *in);
/* The clause table: the value of `where` and of the require, to enum cd_fold. */
uint8_t cd_verdict_fold(uint8_t where, uint8_t require);
/* The waiver that covers a failed row, CD_NONE if none does. */
uint32_t cd_verdict_waive(struct cd_eval *e, uint32_t control, const struct cd_table *t,
                          uint32_t row);
/* Runs the clauses of CONTROL for one row (TABLE CD_NONE: its estate clauses) into T. */
void cd_trace_run(struct cd_eval *e, struct cd_trace *t, uint32_t control, uint32_t table,
                  uint32_t row);
/* Runs the messages of the same row; t->message is that of t->message_require. */
void cd_trace_messages(struct cd_eval *e, struct cd_trace *t, uint32_t control, uint32_t table,
                       uint32_t row);

/* ---- reading back ---- */

/* A register at a lane of a kept frame. */
struct cd_spot {
    struct cd_trace_frame *frame;
    uint32_t reg, lane;
};

/* What one explanation collects. */
struct cd_explainer {
    struct cd_eval *e;
    struct cd_arena *arena;
    uint32_t variable;   /* string of the image: the clause's variable */
    uint32_t table, row; /* of the answer; CD_NONE: of the whole snapshot */
    struct cd_evidence *evidence;
    size_t n, cap;
};

/* The vector of a spot; NULL if it was not kept. */
const struct cd_vec *cd_spot_vec(const struct cd_eval *e, struct cd_spot s);
/* The instruction that made a spot's register, seen through BCAST: S moves to where it stands.
 * NULL: none. */
const struct cd_insn *cd_spot_def(const struct cd_eval *e, struct cd_spot *s);
static inline struct cd_spot
cd_spot_at(struct cd_spot s, uint32_t reg)
{
    s.reg = reg;
    return s;
}

/* The expression that made a register, in the language's terms. */
void cd_explain_expr(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *out, int depth);
/* Conditions of requests, and sets of them, likewise (explain_question.c). */
void cd_explain_when(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                     struct cd_buf *out, int depth);
void cd_explain_requests(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                         struct cd_buf *out, int depth);
/* What decided can, allows, denies or becomes, appended to OUT: a request, or the reason why nobody
 * knows. False: there is nothing to say. */
bool cd_explain_question(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                         struct cd_buf *out);
/* The value of a known lane, as one reads it aloud: strings without quotes where that is clear,
 * long collections cut. */
void cd_explain_value(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane,
                      struct cd_buf *out);
/* The same as JSON; nothing for absent and unknown lanes. */
void cd_explain_json(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane,
                     struct cd_buf *out);
/* What a register rests on: a property of a resource. */
struct cd_explained_read {
    struct cd_spot spot; /* that read the property */
    uint32_t table, row; /* of the resource */
};
/* Does the register read anything of a row? Then PATH gets where that stands in the source. */
bool cd_explain_path(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *path,
                     struct cd_explained_read *read);
/* Adds the evidence for the answer at a spot of kind BOOL. */
void cd_explain_why(struct cd_explainer *x, struct cd_spot s, int depth);

#endif
