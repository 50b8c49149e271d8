/* The slow reference evaluator: walks the typed syntax tree over a snapshot in the normalized form,
 * straight from the tables of the language's specification. It shares nothing with the evaluator of
 * the product but the front end and the reference tables, so that the two can be held against each
 * other. Memory lives in one arena until the program ends. */
#ifndef CD_TESTS_REFERENCE_REF_H
#define CD_TESTS_REFERENCE_REF_H

#include <cjson/cJSON.h>

#include "compiler/ast/ast.h"
#include "compiler/sema/sema.h"
#include "runtime/base/file.h"
#include "runtime/base/num.h"
#include "runtime/base/regex.h"
#include "runtime/schema/schema.h"

enum ref_tri { REF_F, REF_U, REF_T };

/* One resource of the snapshot; its cJSON tree stays as it was read. */
struct ref_resource {
    struct cd_str type, id, arn, partition, account, region; /* arn, region: p is NULL if absent */
    int64_t captured;
    const cJSON *tags, *properties; /* NULL: absent */
    uint32_t shape;                 /* CD_SCHEMA_NONE: a type that the tables do not know */
};

enum ref_kind {
    REF_ABSENT,
    REF_UNKNOWN,
    REF_BOOL,
    REF_NUMBER, /* lo..hi: counts are intervals; all else has lo == hi */
    REF_STRING,
    REF_TIME,     /* ms */
    REF_DURATION, /* ms */
    REF_COLLECTION,
    REF_RECORD, /* json, shape */
    REF_RESOURCE,
    REF_MAP, /* json, elem: schema type of its values */
    REF_JSON,
    REF_INTERNET, /* an end point of `reaches` */
};

struct ref_value {
    enum ref_kind kind;
    bool boolean;
    double lo, hi;
    int64_t ms;
    struct cd_str text;
    const uint8_t *literal; /* STRING: one byte a byte, 1: came in by interpolation and stands for
                               itself; NULL: none */
    const struct ref_value *also; /* STRING in a set: an equal text with other wildcards, or NULL */
    const struct ref_resource *holder; /* the resource that STRING, RECORD, MAP, JSON and COLLECTION
                                          were read from, or NULL; RESOURCE: it */
    struct ref_value *items;           /* COLLECTION: known members */
    size_t n, cap;
    bool open;   /* COLLECTION: there may be more */
    bool is_set; /* COLLECTION: no two members are equal, order means nothing */
    const cJSON *json;
    uint32_t shape, elem;
    bool in_policy; /* RECORD: a part of a policy document: single values are lists */
};

struct ref_complete {
    struct cd_str type, account, region; /* account, region: p is NULL for all */
};

struct ref_place {
    struct cd_str account, region; /* p is NULL: none */
};

struct ref {
    struct cd_arena *arena;
    struct ref_resource *resources;
    size_t n_resources, cap_resources;
    struct ref_complete *complete;
    size_t n_complete, cap_complete;
    struct ref_place *places; /* every pair that a resource or `complete` names */
    size_t n_places, cap_places;
    bool has_captured;
    int64_t captured;
    struct ref_param *params;
    size_t n_params, cap_params;
};

/* A parameter that was set from outside. */
struct ref_param {
    const struct cd_decl *decl;
    struct ref_value value;
};

/* ---- value.c ---- */
struct ref_value ref_absent(void);
struct ref_value ref_unknown(void);
struct ref_value ref_bool(bool b);
struct ref_value ref_tri(enum ref_tri t);
struct ref_value ref_number(double d);
struct ref_value ref_interval(double lo, double hi);
struct ref_value ref_string(struct cd_str s, const struct ref_resource *holder);
struct ref_value ref_ms(enum ref_kind kind, int64_t ms);
struct ref_value ref_resource_value(const struct ref_resource *r);
struct ref_value ref_collection(bool is_set);
/* Adds a member: an absent one drops out, an unknown one opens, a set takes no equal one twice. */
void ref_add(struct ref *r, struct ref_value *c, struct ref_value member);
/* A count that is not certain is unknown to all but comparisons. */
struct ref_value ref_exact(struct ref_value v);
enum ref_tri ref_not(enum ref_tri t);
enum ref_tri ref_and(enum ref_tri a, enum ref_tri b);
enum ref_tri ref_or(enum ref_tri a, enum ref_tri b);
/* The answer of a bare value used as a condition. */
enum ref_tri ref_condition(struct ref_value v);
/* `a == b`; NOCASE for actions. */
enum ref_tri ref_equal(struct ref *r, struct ref_value a, struct ref_value b, bool nocase);
enum ref_tri ref_contains(struct ref *r, struct ref_value c, struct ref_value x, bool nocase);
/* `<` and `<=` of numbers, times and durations that are neither absent nor unknown. */
enum ref_tri ref_less(struct ref_value a, struct ref_value b, bool or_equal);
/* Are the two indistinguishable, so that `if unknown then a else b` is a? */
bool ref_same(struct ref *r, struct ref_value a, struct ref_value b);

/* ---- read.c: from the normalized form to values ---- */
bool ref_is_unknown(const cJSON *j);
/* A value of json as the language sees it without a type: absent, unknown, or JSON. */
struct ref_value ref_json(const cJSON *j, const struct ref_resource *holder);
/* J read as the schema's type; of another type it is absent. */
struct ref_value ref_read(struct ref *r, const cJSON *j, uint32_t schema_type,
                          const struct ref_resource *holder, bool in_policy);
/* A json value where the language wants TYPE. */
struct ref_value ref_convert(struct ref *r, struct ref_value v, const struct cd_type *type);
struct ref_value ref_field(struct ref *r, struct ref_value v, uint32_t field);
struct ref_value ref_envelope(struct ref *r, struct ref_value v, enum cd_envelope which);
/* Member NAME of a map or json object. */
struct ref_value ref_member(struct ref *r, struct ref_value v, struct cd_str name);
/* Members of an array of json, with `[*]`. */
struct ref_value ref_json_items(struct ref *r, struct ref_value v);

/* ---- snapshot.c ---- */
/* Reads one file of the normalized form; false with a message to stderr. */
bool ref_load(struct ref *r, const char *path);
/* JSON for cJSON, which reads every number as a double, and whole numbers beyond 2^53 as each
 * other: they are unknown before it sees them. */
struct cd_str ref_without_large_numbers(struct ref *r, struct cd_str json);
/* Settles resources described twice, adds the rows of Cordon::…, gathers places. */
void ref_seal(struct ref *r);
bool ref_complete_at(const struct ref *r, struct cd_str type, struct cd_str account,
                     struct cd_str region);
bool ref_complete_everywhere(const struct ref *r, struct cd_str type);
bool ref_in_table(const struct ref_resource *res, uint32_t shape);
/* The table of a shape, or of `resource` (CD_SCHEMA_NONE). */
struct ref_value ref_table(struct ref *r, uint32_t shape);
struct ref_value ref_follow(struct ref *r, struct ref_value v, uint32_t shape);

/* ---- match.c ---- */
bool ref_glob(struct cd_str text, struct cd_str pattern, const uint8_t *literal, bool nocase);
/* Segment by segment, as ArnLike. */
bool ref_arn_like(struct cd_str arn, struct cd_str pattern, const uint8_t *literal);
/* The segments of an ARN; false if it is none. */
bool ref_arn_split(struct cd_str arn, struct cd_str parts[6]);
bool ref_regex(struct cd_str text, struct cd_str pattern, struct cd_str *group, bool *has_group);
/* False if it is no address or network. */
bool ref_is_network(struct cd_str s);
bool ref_within(struct cd_str inner, struct cd_str outer);

/* ---- eval.c ---- */
struct ref_env {
    const struct cd_binding *binding;
    struct ref_value value;
    const struct ref_env *up;
};
struct ref_value ref_eval(struct ref *r, const struct cd_expr *e, const struct ref_env *env);
enum ref_tri ref_cond(struct ref *r, const struct cd_expr *e, const struct ref_env *env);

/* ---- call.c ---- */
struct ref_value ref_call(struct ref *r, const struct cd_expr *e, const struct ref_env *env);
/* The text of a number, string, bool, time or duration, as interpolation writes it. */
struct cd_str ref_text(struct ref *r, struct ref_value v);
struct ref_value ref_arn(struct ref_value v);
struct ref_value ref_arn_part(struct ref_value v, enum cd_arn_part part);

/* ---- control.c ---- */
/* Prints a control's answers and its verdict, one line each, to OUT. */
void ref_control(struct ref *r, const struct cd_sema *sema, const struct cd_decl *control,
                 struct cd_buf *out);

#endif
