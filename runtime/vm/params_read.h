/* Values as they were given, before anyone knows their types: trees from JSON (params_json.c) and
 * YAML (params_yaml.c). */
#ifndef CD_VM_PARAMS_READ_H
#define CD_VM_PARAMS_READ_H

#include "cordon/status.h"
#include "runtime/base/arena.h"

#define CD_GIVEN_DEPTH 32

enum cd_given_kind {
    CD_GIVEN_PLAIN,  /* text without quotes: a string, number, bool, date or duration, as the
                        parameter wants it */
    CD_GIVEN_QUOTED, /* text in quotes: never a number or bool */
    CD_GIVEN_NUMBER, /* of JSON */
    CD_GIVEN_BOOL,   /* of JSON */
    CD_GIVEN_NULL,
    CD_GIVEN_LIST,
    CD_GIVEN_MAP,
};

struct cd_given {
    enum cd_given_kind kind;
    struct cd_str text; /* PLAIN, QUOTED */
    double number;
    bool boolean;
    struct cd_given *items; /* LIST; MAP: values */
    struct cd_str *keys;    /* MAP */
    size_t n, cap, cap_keys;
};

/* The whole of TEXT as JSON. Strings are copied. */
CORDON_MUST_CHECK cordon_status cd_given_json(struct cd_arena *a, struct cd_str text,
                                              struct cd_given *out, struct cordon_error *err);
/* The whole of TEXT as one YAML document without anchors; PATH is for messages. */
CORDON_MUST_CHECK cordon_status cd_given_yaml(struct cd_arena *a, struct cd_str path,
                                              struct cd_str text, struct cd_given *out,
                                              struct cordon_error *err);
/* Adds a member to a LIST (KEY NULL) or MAP; NULL when memory is out. */
struct cd_given *cd_given_add(struct cd_arena *a, struct cd_given *to, const struct cd_str *key);

#endif
