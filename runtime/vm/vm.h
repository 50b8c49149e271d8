/* What the files of the evaluator share. Memory comes from arenas whose `on_oom` leads back to the
 * public calls in eval.c. */
#ifndef CD_VM_VM_H
#define CD_VM_VM_H

#include <setjmp.h>

#include "runtime/base/regex.h"
#include "runtime/bc/program.h"
#include "runtime/column/snapshot.h"
#include "runtime/vm/eval.h"
#include "runtime/vm/params.h"
#include "runtime/vm/vec.h"

#define CD_CHUNK 8192u /* lanes of a loop at a time */

/* A set of instructions to run, closed under what they need: places in the code, in order. */
struct cd_plan {
    uint32_t *pc;
    uint32_t *end; /* LOOP, PROBE: index here of the matching ENDLOOP */
    uint32_t n;
};

/* The lanes of a domain while its code runs. */
struct cd_frame {
    uint32_t n;
    uint32_t parent;     /* domain; CD_NONE: global, and what stands directly below it */
    const uint32_t *up;  /* lane of the parent domain, where the parent is not CD_NONE */
    const uint32_t *idx; /* place of each member among the elements that the loop goes through */
};

/* From a 32-bit key to a 32-bit value, on the evaluation's arena. */
struct cd_idmap {
    uint32_t *keys; /* key + 1, 0 is free */
    uint32_t *values;
    uint32_t n, mask;
};
void cd_idmap_put(struct cd_arena *a, struct cd_idmap *m, uint32_t key, uint32_t value);
/* Makes room for N keys. */
void cd_idmap_reserve(struct cd_arena *a, struct cd_idmap *m, uint32_t n);
bool cd_idmap_get(const struct cd_idmap *m, uint32_t key, uint32_t *value);

/* What an instruction remembers between batches. */
struct cd_cache {
    struct cd_idmap results; /* by string id */
    struct cd_idmap members; /* IN: ids of the set */
    bool members_made;
    struct cd_regex *regex; /* MATCHES, CAPTURE */
};

/* A constant of kind MAP. */
struct cd_const_map {
    const uint32_t *keys; /* dictionary ids */
    const struct cd_vec *values;
    uint32_t n;
};

/* Rows of a table by a string, in groups. */
struct cd_join_index {
    bool made;
    struct cd_idmap group; /* key: dictionary id; value: index into first/len */
    uint32_t *first, *len;
    uint32_t n_groups;
    struct cd_vec
        *rows; /* grouped by key, then the rows whose key is unknown, then those without one */
    uint32_t first_unknown, n_unknown;
    uint32_t open; /* reason, if the table may hold more */
};

/* Entries of a multimap from dictionary id to rows of a table. */
struct cd_name_map {
    struct cd_idmap head; /* key: dictionary id; value: entry */
    uint32_t *row, *next; /* by entry; next CD_NONE ends */
    size_t n, cap;
};
/* Rows of a table by the hash of something that nearly every row has one of its own of. */
struct cd_row_set {
    uint32_t *slots; /* open addressing: row + 1, 0 is free; NULL: no rows */
    uint32_t mask;
};
/* What `->` looks through in a table. */
struct cd_follow_index {
    bool made;
    const struct cd_table *table; /* NULL: none */
    struct cd_row_set arns, ids;
    bool arn_has_account, arn_has_region; /* the type's format of ARNs names them */
    struct cd_name_map names;
    uint32_t *nameless; /* rows of which a further name is not known */
    size_t n_nameless, cap_nameless;
    uint32_t own_arn; /* pattern of the type's own ARNs, CD_NO_STR: none */
    bool is_global, is_bucket;
    struct cd_str type;
    struct cd_idmap
        complete; /* by account: 0 no, 1 yes; for places with every region or global types */
};

/* Answers of a control while a batch runs, and in the end. */
enum cd_fold { CD_FOLD_NONE, CD_FOLD_PASS, CD_FOLD_UNKNOWN, CD_FOLD_FAIL };
struct cd_tally {
    uint8_t *fold;  /* by row of the batch, NULL until the batch touches the control */
    uint8_t estate; /* enum cd_fold */
};

/* Records of loops, when an answer is explained (explain.h). */
struct cd_trace;
struct cd_reduction;

struct cd_eval {
    const struct cd_image *img;
    struct cd_snapshot *s;
    const struct cd_bound_params *params;
    struct cd_arena arena;  /* lives as long as the evaluation */
    struct cd_arena *lanes; /* by depth of loops: [0] global registers, [1] batches and loops of the
                               whole snapshot, … */
    uint32_t n_depths;
    jmp_buf oom;
    bool *run;     /* by control */
    uint32_t *str; /* dictionary id of the image's strings */
    uint32_t why_unknown, why_open, why_overflow, why_interval, why_several, why_elsewhere,
        why_missed; /* reasons */
    struct cd_vec *regs;
    struct cd_frame *frames; /* by domain */
    uint32_t *depth;         /* by domain */
    uint32_t *def;           /* by register: the instruction that writes it; CD_NONE: none */
    struct cd_reduction **reductions; /* by register, while its loop runs */
    struct cd_cache **caches;         /* by instruction */
    struct cd_join_index *joins;      /* by index of the image */
    struct cd_follow_index *follows;  /* by shape */
    uint8_t *complete; /* by shape + 1 (0: `resource`): 0 not known yet, 1 no, 2 yes */
    struct cd_const_map *maps;
    size_t n_maps, cap_maps;
    struct cd_plan *plans; /* by section */
    bool globals_done;
    bool *needs_require, *needs_deny; /* of the controls that run */
    struct cordon_error *err;         /* of the running call */
    cordon_status status;             /* of a failure inside a section */

    struct cd_arena_mark *empty; /* by depth: the arena with nothing in it but its first block */

    const uint32_t *batch_pos;  /* table sections: lane -> row of the batch; NULL: the same */
    const uint32_t *batch_rows; /* table sections: lane -> row of the table */
    const struct cd_table *batch_table;
    uint32_t batch_n;

    struct cd_tally *tallies; /* by control */
    uint32_t *touched;        /* controls that the batch answered */
    size_t n_touched;
    bool *in_scope; /* by clause */
    struct cd_control_result *results;
    struct cd_answer *answers; /* on the heap */
    size_t n_answers, cap_answers;
    bool *waive_used;

    uint8_t *observed; /* by branch: enum cd_seen; NULL: nobody asks */
    size_t n_observed;

    struct cd_questions *questions; /* about what documents decide (questions.h); NULL: none yet */

    const struct cd_request *request;
    uint32_t request_control;
    uint32_t request_deny; /* the only one that counts, and that is planned, or CD_NONE */
    enum cd_answer_value fired;
    enum cd_deny_stop stop; /* of the deny that got farthest */
    uint32_t stopped;       /* which it is, CD_NONE */

    struct cd_trace *trace;        /* NULL but while an answer is explained */
    struct cd_plan *explain_plans; /* by section, of the control that was explained last */
    uint32_t explain_control;
    struct cd_arena explain_arena; /* of those plans */
};

/* ---- memory and failures ---- */
_Noreturn void cd_vm_oom(struct cd_eval *e);
/* Ends the running call with a status; the message is formatted as cordon_fail does. */
_Noreturn void cd_vm_fail(struct cd_eval *e, cordon_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
uint32_t cd_vm_str(struct cd_eval *e, struct cd_str s); /* dictionary id */
static inline struct cd_str
cd_vm_text(const struct cd_eval *e, uint32_t id)
{
    return cd_intern_str(&e->s->dict, id);
}
/* The ARN of a row, CD_NO_STR if it has none. */
uint32_t cd_vm_arn(struct cd_eval *e, const struct cd_table *t, uint32_t row);
/* The arena in which registers of DOMAIN live. */
static inline struct cd_arena *
cd_vm_arena(struct cd_eval *e, uint32_t domain)
{
    return &e->lanes[e->depth[domain]];
}
/* Empties the arena of a depth for the next batch or chunk. */
void cd_vm_reset(struct cd_eval *e, uint32_t depth);
struct cd_cache *cd_vm_cache(struct cd_eval *e, uint32_t pc);
/* Makes the destination of IN: a vector of its domain's lanes. */
struct cd_vec *cd_vm_dst(struct cd_eval *e, const struct cd_insn *in, struct cd_arena **arena);
static inline struct cd_vec *
cd_vm_reg(struct cd_eval *e, uint32_t reg)
{
    return &e->regs[reg];
}

/* Enters ROW as the first one of the name. */
void cd_name_map_add(struct cd_arena *a, struct cd_name_map *m, uint32_t name, uint32_t row);

/* ---- running ---- */
/* What a plan is made for; NULL: none. */
struct cd_needs {
    const bool *requires; /* VERDICT and MESSAGE, by require */
    const bool *denies;   /* FIRE, by deny */
    const bool *params;   /* CHECK, by parameter */
};
/* The instructions of SECTION that are needed. REG_NEEDED, by register, grows by what it reads, of
 * the global domain too. */
void cd_plan_make(struct cd_eval *e, struct cd_arena *a, const struct cd_section *section,
                  struct cd_needs needs, bool *reg_needed, struct cd_plan *out);
/* Plans of all sections for what E needs, in E. */
void cd_vm_plan(struct cd_eval *e);
#define CD_TRAIT_LOOPS 16
/* Behind a run of DENY alone for a request: appends to OUT what the rest of the code has learned of
 * KEY. False if it learns the value itself. */
bool cd_vm_trait(struct cd_eval *e, uint32_t deny, struct cd_str key, struct cd_buf *out);
void cd_vm_exec(struct cd_eval *e, const struct cd_plan *plan, uint32_t from, uint32_t to);
/* Runs the loop at index I of PLAN; gives the index of its ENDLOOP. */
uint32_t cd_vm_loop(struct cd_eval *e, const struct cd_plan *plan, uint32_t i);
void cd_vm_reduce(struct cd_eval *e, const struct cd_insn *in);
/* Is the whole table of SHAPE (CD_NONE: every table of resources) complete? */
bool cd_vm_complete(struct cd_eval *e, uint32_t shape);
struct cd_join_index *cd_vm_join(struct cd_eval *e, uint32_t index);
/* The constant or the value of a parameter as a vector of one lane, in IMG's numbering of strings.
 */
void cd_vm_const(struct cd_eval *e, struct cd_arena *a, const struct cd_image *img,
                 uint32_t constant, struct cd_vec *out);
/* The status of a call that ended early. */
cordon_status cd_vm_ended(struct cd_eval *e, int jumped);
/* Runs PLAN of a table section over N ROWS of T; rows that `resource` does not have are left out
 * for sections of `resource`. */
void cd_vm_section(struct cd_eval *e, const struct cd_section *section, const struct cd_plan *plan,
                   const struct cd_table *t, const uint32_t *rows, uint32_t n);
/* Makes the global registers, once. */
void cd_vm_globals(struct cd_eval *e);

/* ---- kernels: each runs one instruction over the lanes of its domain ---- */
void cd_k_const(struct cd_eval *e, const struct cd_insn *in);
void cd_k_param(struct cd_eval *e, const struct cd_insn *in);
void cd_k_unknown(struct cd_eval *e, const struct cd_insn *in);
void cd_k_table(struct cd_eval *e, const struct cd_insn *in);
void cd_k_root(struct cd_eval *e, const struct cd_insn *in);
void cd_k_bcast(struct cd_eval *e, const struct cd_insn *in);
void cd_k_env(struct cd_eval *e, const struct cd_insn *in);
void cd_k_field(struct cd_eval *e, const struct cd_insn *in);
void cd_k_mapget(struct cd_eval *e, const struct cd_insn *in);
void cd_k_jget(struct cd_eval *e, const struct cd_insn *in);
void cd_k_jat(struct cd_eval *e, const struct cd_insn *in);
void cd_k_jas(struct cd_eval *e, const struct cd_insn *in);
void cd_k_at(struct cd_eval *e, const struct cd_insn *in);
void cd_k_follow(struct cd_eval *e, const struct cd_insn *in);
void cd_k_eq(struct cd_eval *e, const struct cd_insn *in);
void cd_k_order(struct cd_eval *e, const struct cd_insn *in);
void cd_k_in(struct cd_eval *e, const struct cd_insn *in, uint32_t pc);
void cd_k_pattern(struct cd_eval *e, const struct cd_insn *in, uint32_t pc);
void cd_k_matches(struct cd_eval *e, const struct cd_insn *in, uint32_t pc);
void cd_k_and(struct cd_eval *e, const struct cd_insn *in);
void cd_k_or(struct cd_eval *e, const struct cd_insn *in);
void cd_k_not(struct cd_eval *e, const struct cd_insn *in);
void cd_k_if(struct cd_eval *e, const struct cd_insn *in);
void cd_k_isabsent(struct cd_eval *e, const struct cd_insn *in);
void cd_k_arith(struct cd_eval *e, const struct cd_insn *in);
void cd_k_neg(struct cd_eval *e, const struct cd_insn *in);
void cd_k_union(struct cd_eval *e, const struct cd_insn *in);
void cd_k_minus(struct cd_eval *e, const struct cd_insn *in);
void cd_k_list1(struct cd_eval *e, const struct cd_insn *in);
void cd_k_uniq(struct cd_eval *e, const struct cd_insn *in);
void cd_k_flatten(struct cd_eval *e, const struct cd_insn *in);
void cd_k_size(struct cd_eval *e, const struct cd_insn *in);
void cd_k_concat(struct cd_eval *e, const struct cd_insn *in);
void cd_k_text(struct cd_eval *e, const struct cd_insn *in, uint32_t pc);
void cd_k_tostring(struct cd_eval *e, const struct cd_insn *in);
void cd_k_tonumber(struct cd_eval *e, const struct cd_insn *in);
void cd_k_key(struct cd_eval *e, const struct cd_insn *in);
void cd_k_check(struct cd_eval *e, const struct cd_insn *in);
void cd_k_verdict(struct cd_eval *e, const struct cd_insn *in);
void cd_k_message(struct cd_eval *e, const struct cd_insn *in);
void cd_k_asked(struct cd_eval *e, const struct cd_insn *in);
void cd_k_observe(struct cd_eval *e, const struct cd_insn *in);
void cd_k_fire(struct cd_eval *e, const struct cd_insn *in);
void cd_k_whenis(struct cd_eval *e, const struct cd_insn *in);
void cd_k_whenkey(struct cd_eval *e, const struct cd_insn *in);
void cd_k_whenjoin(struct cd_eval *e, const struct cd_insn *in);
void cd_k_wheneach(struct cd_eval *e, const struct cd_insn *in);
void cd_k_requests(struct cd_eval *e, const struct cd_insn *in, uint32_t pc);
void cd_k_can(struct cd_eval *e, const struct cd_insn *in);
void cd_k_document(struct cd_eval *e, const struct cd_insn *in);
void cd_k_becomes(struct cd_eval *e, const struct cd_insn *in);

/* ---- verdicts ---- */
/* Folds the batch's answers, of ROWS of T, into the results. */
void cd_verdict_flush(struct cd_eval *e, const struct cd_table *t, const uint32_t *rows);
/* Settles what holds of whole controls: estate clauses, empty tables, completeness. */
void cd_verdict_finish(struct cd_eval *e);

/* ---- json and columns as vectors ---- */
/* Lane I of DST (of any kind) becomes the json value, or absent where it is of another type. */
void cd_json_to_lane(struct cd_eval *e, struct cd_arena *a, struct cd_vec *dst, uint32_t i,
                     uint32_t json);
#endif
