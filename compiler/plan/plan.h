/* The plan of a program: one acyclic graph of all expressions of all controls, in which equal
 * expressions are one node. Functions and constants are expanded; what a node depends on says in
 * which domain it is computed, so nothing is computed twice or too often.
 *
 * Nodes are instructions of runtime/bc/opcodes.def whose operands name nodes and things of the
 * compiler: REG OPTREG  a node (CD_NONE)         CONST   an index into `consts`    STRING  an index
 * into `strings` SHAPE       a schema shape           SLOT    a schema field            PARAM   an
 * index into `params` DOMAIN      an index into `domains`  INDEX   an index into `indexes` LOOP,
 * PROBE and ROOT nodes are the members of their domains; a reduction has its loop's domain in `c`;
 * there is no BCAST. A node comes after its operands. */
#ifndef CD_PLAN_PLAN_H
#define CD_PLAN_PLAN_H

#include "compiler/sema/sema.h"
#include "runtime/base/map.h"
#include "runtime/bc/program.h"

#define CD_PLAN_STEP_LIMIT                                                                      \
    4000000                      /* expressions looked at for one condition, functions expanded \
                                  */
#define CD_PLAN_DEPTH_LIMIT 4000 /* nesting of expressions, functions expanded */
#define CD_PLAN_NODE_LIMIT (1u << 22)

struct cd_plan_node {
    enum cd_op op;
    uint32_t domain;
    uint32_t a, b, c;
    const struct cd_type *type;
};

struct cd_plan_domain {
    enum cd_domain_kind kind;
    uint32_t parent;    /* CD_NONE: of the global domain */
    uint32_t depth;     /* 0: the global domain */
    uint32_t member;    /* the node of its row or member; CD_NONE for GLOBAL and REQUEST */
    uint32_t shape;     /* ROOT: schema shape */
    struct cd_str name; /* LOOP: the variable, empty if it has none */
};

struct cd_plan_const {
    const struct cd_type *type;
    const struct cd_const *value;
};

struct cd_plan_index {
    uint32_t shape;
    enum cd_env env;        /* without fields */
    const uint32_t *fields; /* schema fields from the row on */
    uint32_t n_fields;
};

/* What is done with a node: CHECK, VERDICT, MESSAGE or FIRE with their operands. */
struct cd_plan_effect {
    enum cd_op op;
    uint32_t domain; /* global, root or request */
    uint32_t a, b, c;
};

struct cd_plan {
    struct cd_arena *arena; /* its jump is set */
    struct cd_types *types;
    CD_VEC(struct cd_plan_node) nodes;
    CD_VEC(struct cd_plan_domain) domains; /* 0: global */
    CD_VEC(struct cd_plan_const) consts;
    CD_VEC(struct cd_str) strings;
    CD_VEC(struct cd_plan_index) indexes;
    CD_VEC(struct cd_plan_effect) effects;
    CD_VEC(struct cd_decl *)
    controls; /* sorted by full name; requires and denies are numbered through them in order */
    CD_VEC(struct cd_decl *) params; /* sorted by full name */
    bool observes; /* set before lowering: branches of conditions (cd_expr.branch) are observed */
    uint32_t request; /* the request's domain, CD_NONE before it is needed */
    uint32_t *slots;  /* hash table of nodes: index + 1 */
    uint32_t slot_mask;
    struct cd_map const_ids, string_ids, domain_ids, index_ids;
    struct cd_map lets; /* declaration and mode, to an index into cd_lower.let_values */
    struct cd_buf key;  /* scratch */
};

void cd_plan_init(struct cd_plan *p, struct cd_arena *arena, struct cd_types *types);
/* Frees what is not in the arena; has to be called after an out-of-memory jump, too. */
void cd_plan_finish(struct cd_plan *p);
/* Lowers all controls of SEMA (checked without errors) that are to run, and the `where` of all
 * parameters. */
CORDON_MUST_CHECK cordon_status cd_plan_lower(struct cd_plan *p, struct cd_sema *sema,
                                              struct cordon_error *err);
/* `check --dump=plan`: what is needed, node by node. */
void cd_plan_dump(const struct cd_plan *p, struct cd_buf *out);
/* Who needs a node, directly or not: verdicts and checks of parameters, messages, denies. */
enum { CD_FOR_VERDICTS = 1, CD_FOR_MESSAGES = 2, CD_FOR_DENIES = 4 };
uint8_t cd_plan_use_of(enum cd_op effect);
/* These flags for every node (arena); 0: nobody does. */
uint8_t *cd_plan_uses(const struct cd_plan *p);
bool cd_plan_is_reduction(enum cd_op op);
/* The nodes that N reads, at most three, CD_NONE for none. */
void cd_plan_operands(const struct cd_plan_node *n, uint32_t out[3]);

/* ---- making nodes (dag.c) ---- */
/* The node of OP with these operands, made if it is new. Its domain follows from them, except for
 * KEY. */
uint32_t cd_plan_node(struct cd_plan *p, enum cd_op op, const struct cd_type *type, uint32_t a,
                      uint32_t b, uint32_t c);
uint32_t cd_plan_const(struct cd_plan *p, const struct cd_type *type, const struct cd_const *value);
uint32_t cd_plan_string(struct cd_plan *p, struct cd_str s);
uint32_t cd_plan_index(struct cd_plan *p, uint32_t shape, enum cd_env env, const uint32_t *fields,
                       uint32_t n_fields);
/* The domain over the rows of SHAPE. */
uint32_t cd_plan_root(struct cd_plan *p, uint32_t shape);
uint32_t cd_plan_request(struct cd_plan *p);
/* The loop in PARENT over the members of LIST, or over the rows of INDEX that have the key LIST;
 * member type TYPE. */
uint32_t cd_plan_loop(struct cd_plan *p, uint32_t list, uint32_t parent, const struct cd_type *type,
                      struct cd_str name);
uint32_t cd_plan_probe(struct cd_plan *p, uint32_t key, uint32_t index, uint32_t parent,
                       const struct cd_type *type, struct cd_str name);
/* The deeper of two domains, one of which lies inside the other. */
uint32_t cd_plan_deeper(const struct cd_plan *p, uint32_t x, uint32_t y);
/* Is INNER the same as OUTER or inside it? */
bool cd_plan_is_inside(const struct cd_plan *p, uint32_t inner, uint32_t outer);

#endif
