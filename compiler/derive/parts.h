/* What the files of derivation share. Internal to compiler/derive. */
#ifndef CD_DERIVE_PARTS_H
#define CD_DERIVE_PARTS_H

#include "compiler/derive/bindings.h"
#include "compiler/derive/derive.h"
#include "runtime/schema/schema.h"

/* ---- ways to breach a require (breach.c) ---- */

/* A condition that has to hold, or not to hold, for the breach. */
struct cd_literal {
    const struct cd_expr *e;
    bool negated;
    bool is_scope; /* of the `where` */
};
/* All of its literals together are one way. */
struct cd_way {
    struct cd_literal *items;
    size_t n, cap;
};
struct cd_ways {
    struct cd_way *items;
    size_t n, cap;
    bool too_many;
};

#define CD_WAYS_LIMIT 64 /* of one require */

/* «WHERE and not REQUIRE» (WHERE may be NULL) as ways, functions inlined. */
struct cd_ways cd_ways_of(struct cd_arena *a, const struct cd_expr *where,
                          const struct cd_expr *require);

/* ---- conditions in the keys of a request (translate.c) ---- */

/* What of a resource a translated condition reads. */
struct cd_told {
    const struct cd_bound_property *property; /* or NULL: the region, or a tag */
    struct cd_str name;                       /* of the property, as the author wrote it */
    uint32_t key;
    struct cd_str key_text;
};

struct cd_translation {
    struct cd_sema *sema;
    const struct cd_binding *self;     /* the resource */
    const struct cd_bound_type *bound; /* NULL: the table does not speak of the type */
    struct cd_str type;                /* of the resource */
    struct cd_told *told;              /* what was read, each once */
    size_t n_told, cap_told;
    struct cd_str why; /* of a refusal: a clause without its full stop */
    struct cd_span where;

    const struct cd_binding *element; /* of the list that a loop goes over, and */
    struct cd_str element_path;       /* its path, `List[]` */
    struct cd_binding *member;        /* each value of the loop's key, once it is known */
    uint32_t member_key;              /* which, or CD_SCHEMA_NONE */
    struct cd_str member_key_text;
};

/* E about the resource that is made by a request, as a condition about the request: NULL if the
 * keys do not tell it, with t->why and t->where. */
struct cd_expr *cd_translate(struct cd_translation *t, const struct cd_expr *e);

/* One way to breach a require, as the condition of a deny (condition.c). */
struct cd_way_condition {
    struct cd_expr *when;
    bool is_stricter;  /* what of the `where` no key tells is left out, */
    struct cd_str why; /* for this reason */
    bool asks_absence; /* one of its conditions is that something is not set */
    bool asks_member;  /* one of its conditions is that a list has a member of some kind, */
    bool is_single;    /* and it has no other */
    /* That list, if it is empty when its resource is made; or NULL. */
    const struct cd_bound_property *added;
};

/* WAY in keys, and in t->told what it reads. False, with t->why and t->where, if they do not tell
 * what the require itself asks. */
bool cd_way_translate(struct cd_translation *t, const struct cd_way *way,
                      struct cd_way_condition *out);

/* New nodes, typed, at the place SPAN. */
struct cd_expr *cd_expr_new_key(struct cd_sema *s, struct cd_span span, struct cd_str text);
struct cd_expr *cd_expr_new_unary(struct cd_sema *s, enum cd_expr_kind kind, struct cd_expr *a);
struct cd_expr *cd_expr_new_and(struct cd_sema *s, struct cd_expr *a, struct cd_expr *b);
struct cd_expr *cd_expr_new_text(struct cd_sema *s, struct cd_span span, struct cd_str text);

#endif
