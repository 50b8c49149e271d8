/* Questions about what policy documents decide, in an evaluation: conditions of requests and sets
 * of requests by number, documents compiled once for each text, and answers that were given before.
 */
#ifndef CD_VM_QUESTIONS_H
#define CD_VM_QUESTIONS_H

#include "runtime/iam/effective.h"
#include "runtime/vm/vm.h"

/* From three numbers to an index: the first time that they are asked about, the next one. */
struct cd_triples {
    uint32_t (*items)[3];
    uint32_t *slots; /* open addressing: index + 1, 0 is free */
    uint32_t n, mask;
};
/* The index of the three; *is_new if they were not there. */
uint32_t cd_triples_put(struct cd_arena *a, struct cd_triples *t, uint32_t x, uint32_t y,
                        uint32_t z, bool *is_new);

/* A compiled document. */
struct cd_vm_policy {
    const struct cd_policy *policy; /* NULL: it cannot be read */
    uint32_t why;                   /* then: dictionary id */
};

/* Actions: patterns in the order given. */
struct cd_vm_actions {
    const struct cd_str *patterns;
    uint32_t n;
    uint32_t open; /* reason why there may be more, 0: none */
};

/* A set of requests. */
struct cd_vm_requests {
    uint32_t actions, pattern, when; /* index; dictionary id; index or CD_NONE */
};

struct cd_vm_answer {
    enum cd_truth truth;
    uint32_t why; /* of CD_MAYBE: dictionary id */
};

struct cd_estate;
struct cd_vm_allowed;
struct cd_vm_pattern;
struct cd_vm_walk;

struct cd_questions {
    struct cd_arena documents; /* without a jump */
    struct cd_arena scratch;   /* of one question */
    struct cd_triples when_keys, list_keys, action_keys, request_keys, asker_keys, answer_keys,
        row_keys, edge_keys, allowed_keys, pattern_keys;
    CD_VEC(const struct cd_when *) whens;
    CD_VEC(struct cd_vm_actions) actions;
    CD_VEC(struct cd_asker *) askers;
    CD_VEC(struct cd_vm_answer) answers, edges;
    CD_VEC(struct cd_vm_allowed *) allowed;
    CD_VEC(struct cd_vm_pattern *) patterns;
    struct cd_vm_policy **policies; /* by row of the snapshot's policy documents */
    uint32_t n_policies;
    struct cd_vm_walk *walks[2]; /* by certain and by possible steps (becomes.c) */
    struct cd_estate *estate;    /* what is attached to what (estate.h); NULL: not asked for yet */
};

struct cd_questions *cd_questions_of(struct cd_eval *e);
void cd_questions_finish(struct cd_eval *e);

/* A question as it stands in a lane. */
struct cd_vm_question {
    enum cd_op op;
    cd_rowref row;                  /* the principal or the document */
    cd_rowref role;                 /* BECOMES */
    struct cd_vm_requests requests; /* of the others */
};
/* The question OP of what stands in the known lane LANE of X and Y; ends the call if that is no set
 * of requests. */
struct cd_vm_question cd_questions_at(struct cd_eval *e, enum cd_op op, const struct cd_vec *x,
                                      const struct cd_vec *y, uint32_t lane);
/* What is asked of a set of requests, in full: with the request that was found, in the scratch
 * until the next question. False: *why says why nothing can be asked. */
bool cd_questions_ask(struct cd_eval *e, const struct cd_vm_question *q, struct cd_asked *out,
                      uint32_t *why);
/* Its answer. */
struct cd_vm_answer cd_questions_of_requests(struct cd_eval *e, const struct cd_vm_question *q);
/* Answers the lanes of IN: each question is asked once. IS_NO (or NULL) tells at a glance that the
 * answer is no, which is not kept then. */
void cd_questions_answer(struct cd_eval *e, const struct cd_insn *in,
                         bool (*is_no)(struct cd_eval *, const struct cd_vm_question *),
                         struct cd_vm_answer (*answer)(struct cd_eval *,
                                                       const struct cd_vm_question *));
const struct cd_when *cd_questions_when(struct cd_eval *e, uint32_t when);
/* The document that stands at a row of the snapshot's policy documents. */
const struct cd_vm_policy *cd_questions_policy(struct cd_eval *e, uint32_t row);
/* The same of a principal: a row of AWS::IAM::Role or AWS::IAM::User (kern_iam.c). */
bool cd_questions_can(struct cd_eval *e, cd_rowref principal, struct cd_vm_requests requests,
                      struct cd_asked *out, uint32_t *why);

/* A number for a row, of roles and users. */
uint32_t cd_questions_row(struct cd_eval *e, cd_rowref row);
/* The number of the one action, and of the condition that KEY is VALUE. */
uint32_t cd_questions_action(struct cd_eval *e, struct cd_str action);
uint32_t cd_questions_key_is(struct cd_eval *e, struct cd_str key, struct cd_str value);

/* Can the principal FROM become the role TO (becomes.c)? The way there, or why nobody knows, is
 * appended to SAYS. */
enum cd_truth cd_questions_becomes(struct cd_eval *e, cd_rowref from, cd_rowref to,
                                   struct cd_buf *says);

#endif
