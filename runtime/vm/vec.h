/* Vectors: the values of a register, a lane for each row or member of its domain.
 *
 * BOOL lanes are one byte each, an answer. The other kinds have a state byte a lane and a value
 * array. A LIST lane is a range of the element vector, whose members are all known; what may be
 * missing from it is the lane's open reason. Lanes may share elements. */
#ifndef CD_VM_VEC_H
#define CD_VM_VEC_H

#include "runtime/base/arena.h"
#include "runtime/bc/program.h"
#include "runtime/column/snapshot.h"

/* Answers; the order is used by the tables of kern_logic.c. */
enum cd_answer_value { CD_F, CD_T, CD_U, CD_A };

/* A MAP lane that is a constant: node CD_CONST_MAP, row: index into cd_eval.maps. */
#define CD_CONST_MAP UINT32_MAX

struct cd_vec {
    uint32_t type; /* of the image */
    uint8_t kind;  /* enum cd_kind */
    uint32_t n, cap;
    uint8_t *state; /* enum cd_state; not of BOOL */
    union {
        uint8_t *b;
        double *f64;   /* NUMBER: the lower end */
        uint32_t *u32; /* STRING: dictionary id; JSON: index into the heap */
        int64_t *i64;
        uint64_t *u64; /* ROW, MAP: cd_rowref */
    } v;
    double *hi;       /* NUMBER: the upper end; NULL if every lane is one number */
    uint32_t *reason; /* of unknown lanes: dictionary id, 0 if none is known; NULL: none of them has
                         one */
    uint32_t *off, *len, *open; /* LIST: open is the reason why there may be more, 0: closed */
    struct cd_vec *elem;        /* LIST */
    const struct cd_vec
        *uni; /* every lane is lane 0 of this register, which lives as long as the evaluation */
};

struct cd_eval;

/* N known lanes of zero (BOOL: false; LIST: empty and closed). */
void cd_vec_init(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v, uint32_t type,
                 uint32_t n);
struct cd_vec *cd_vec_new(const struct cd_eval *e, struct cd_arena *a, uint32_t type, uint32_t n);
/* Appends a copy of lane I of SRC, elements included. */
void cd_vec_append(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v,
                   const struct cd_vec *src, uint32_t i);
/* Appends copies of N lanes of SRC from FROM. */
void cd_vec_append_range(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v,
                         const struct cd_vec *src, uint32_t from, uint32_t n);
/* Lane I of DST becomes lane J of SRC; elements are shared, so both must be of one LIST's vector or
 * scalars. */
void cd_vec_copy_lane(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *dst, uint32_t i,
                      const struct cd_vec *src, uint32_t j);
/* DST = SRC at the lanes IDX[0..n). Elements are shared. */
void cd_vec_gather(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *dst,
                   const struct cd_vec *src, const uint32_t *idx, uint32_t n);

static inline enum cd_state
cd_vec_state(const struct cd_vec *v, uint32_t i)
{
    if (v->kind == CD_KIND_BOOL) {
        return v->v.b[i] == CD_A ? CD_ABSENT : v->v.b[i] == CD_U ? CD_UNKNOWN : CD_KNOWN;
    }
    return (enum cd_state)v->state[i];
}
static inline uint32_t
cd_vec_reason(const struct cd_vec *v, uint32_t i)
{
    return v->reason ? v->reason[i] : 0;
}
void cd_vec_set_absent(struct cd_vec *v, uint32_t i);
void cd_vec_set_unknown(struct cd_arena *a, struct cd_vec *v, uint32_t i, uint32_t reason);
/* Lane I of DST takes the state of lane J of SRC, with its reason; false: that is all there is of
 * it.
 */
bool cd_vec_copy_state(struct cd_arena *a, struct cd_vec *dst, uint32_t i, const struct cd_vec *src,
                       uint32_t j);
/* Are lane I of X and of Y known? If not, lane I of D is absent where one of them is, else unknown
 * for the reason of the first that is. */
bool cd_vec_both_known(struct cd_arena *a, struct cd_vec *d, uint32_t i, const struct cd_vec *x,
                       const struct cd_vec *y);
void cd_vec_set_interval(struct cd_arena *a, struct cd_vec *v, uint32_t i, double lo, double hi);
/* The one number that lane I is; false for a proper interval. The lane is known. */
static inline bool
cd_vec_point(const struct cd_vec *v, uint32_t i, double *out)
{
    *out = v->v.f64[i];
    return !v->hi || v->hi[i] == *out;
}
/* The state of lane I as a member of a collection: a count that is not certain is unknown. */
enum cd_state cd_vec_member_state(const struct cd_vec *v, uint32_t i);
/* The 64 bits by which two known lanes of a kind other than LIST, JSON and intervals are equal. */
uint64_t cd_vec_key(const struct cd_vec *v, uint32_t i);
/* Answers whether two lanes are equal: CD_F, CD_T or CD_U. An absent side decides, then an unknown
 * one. */
enum cd_answer_value cd_vec_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i,
                                  const struct cd_vec *b, uint32_t j);
/* Are the two known lanes indistinguishable: intervals with the same ends, collections with the
 * same known members and the same openness? */
bool cd_vec_same(const struct cd_eval *e, const struct cd_vec *a, uint32_t i,
                 const struct cd_vec *b, uint32_t j);
/* Is lane I of X equal to a member of lane J of LIST, which is known? */
enum cd_answer_value cd_vec_member(const struct cd_eval *e, const struct cd_vec *x, uint32_t i,
                                   const struct cd_vec *list, uint32_t j);

#endif
