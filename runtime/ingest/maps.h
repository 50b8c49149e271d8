/* The mappings of stdlib/schema/normalize, as compiler/tools/mapgen compiles them into constant
 * tables: where AWS Config keeps a property that the regular rule (first letter upper case) does
 * not find. compiler/tools/mapgen.c describes the operators. */
#ifndef CD_INGEST_MAPS_H
#define CD_INGEST_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"

struct cd_map_explode;

struct cd_map_entry {
    struct cd_str name;         /* the property in CloudFormation's terms */
    const struct cd_str *paths; /* alternatives, the first that is there counts; `.` is the object
                                   around, `/…` starts at the item */
    uint32_t n_paths;
    struct cd_str
        each; /* each element of the list is replaced by its member of this name; n 0: not so */
    struct cd_str
        keyed_by; /* the list is kept as an object; its keys are this property of the elements … */
    struct cd_str keyed_by_rest; /* … up to their last slash, and this one behind it; n 0: all */
    struct cd_str when; /* the object counts if this member of it is there, and neither false nor
                           `unset`; n 0: always */
    struct cd_str constant; /* text of a JSON scalar; n 0: none */
    struct cd_str unset;    /* a scalar that stands for nothing, as -1 does in lifecycle rules */
    struct cd_str is;       /* a boolean, kept as a word: true if it is this one */
    struct cd_str split;    /* a list, kept as a string with this between its elements */
    bool json;              /* a string holds the value as JSON */
    bool urldecode;         /* a policy document is percent-encoded */
    bool not_carried;       /* its absence says nothing */
    bool other_form;        /* it is kept in a form that is not read: unknown where it is there */
    const struct cd_map_entry
        *of; /* properties of the object, or of the list's elements; sorted by name */
    uint32_t n_of;
    const struct cd_map_explode
        *explode; /* one element for each element of these lists inside each element */
    uint32_t n_explode;
};

struct cd_map_explode {
    const struct cd_str *over; /* alternatives: the first list that is not empty */
    uint32_t n_over;
    const struct cd_map_entry *of;
    uint32_t n_of;
};

/* A noun inside an item that AWS names as a resource of its own. */
struct cd_map_rows {
    struct cd_str type;
    struct cd_str path; /* in the item */
    const struct cd_map_entry *of;
    uint32_t n_of;
};

enum cd_map_id { CD_MAP_ID_DEFAULT, CD_MAP_ID_NAME, CD_MAP_ID_RESOURCE };

struct cd_map_type {
    struct cd_str from; /* the type in AWS Config */
    struct cd_str type; /* CloudFormation's */
    enum cd_map_id id;  /* which of resourceName and resourceId names the resource */
    const struct cd_map_entry *of;
    uint32_t n_of;
    const struct cd_map_rows *rows;
    uint32_t n_rows;
};

extern const struct cd_map_type cd_normalize_maps[]; /* sorted by `from` */
extern const uint32_t cd_n_normalize_maps;

/* The mapping of AWS Config's type FROM, or NULL. */
const struct cd_map_type *cd_map_find(struct cd_str from);
/* The entry of property NAME among N, or NULL. */
const struct cd_map_entry *cd_map_entry_find(const struct cd_map_entry *entries, uint32_t n,
                                             struct cd_str name);

#endif
