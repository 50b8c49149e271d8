/* A snapshot in memory: resources in columns, as in Dremel and Arrow. Written row by row by ingest,
 * read by the evaluator.
 *
 * A *node* is a column with a place in a table's tree of properties. The root of a table is a
 * RECORD node whose rows are the resources; a RECORD's children stand beside it row by row (child
 * row i belongs to parent row i); a LIST node has offsets into its one child, the element node; a
 * MAP node has offsets, keys, and one child, the value node. Every row of a node has a state:
 * known, absent or unknown, an unknown one with its reason. Nodes are padded lazily: a row that was
 * never set, because a parent is absent or nothing was said of it, reads as absent.
 *
 * Which properties are kept is the projection's business: the shapes of a program (only what it
 * reads), or everything
 * (`cordon normalize`, the columnar store). One thread at a time writes; readers need no lock once
 * writing has ended. */
#ifndef CD_COLUMN_SNAPSHOT_H
#define CD_COLUMN_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "cordon/status.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/intern.h"
#include "runtime/bc/program.h"
#include "runtime/schema/arn.h"

enum cd_state { CD_KNOWN, CD_ABSENT, CD_UNKNOWN };

enum cd_node_kind {
    CD_NODE_BOOL,   /* u8: 0 or 1 */
    CD_NODE_NUMBER, /* f64 */
    CD_NODE_STRING, /* u32: id in the dictionary */
    CD_NODE_TIME,   /* i64: ms */
    CD_NODE_JSON,   /* u32: index into the json heap */
    CD_NODE_POLICY, /* u32: row of the snapshot's policy node */
    CD_NODE_RECORD, /* children by slot */
    CD_NODE_LIST,   /* off, open, place; child 0: elements */
    CD_NODE_MAP,    /* off, open, key; child 0: values */
};

struct cd_node {
    enum cd_node_kind kind;
    bool is_borrowed; /* its arrays stand elsewhere (cd_snapshot.backing) and are copied before they
                         grow */
    uint32_t id;      /* index into cd_snapshot.nodes */
    uint32_t parent;  /* node id, CD_NONE for roots */
    uint32_t type;    /* index into the image's types (without an image: into runtime/schema's);
                         CD_NONE for roots and tags */
    uint32_t shape;   /* RECORD: shape in the projection (cd_projection), CD_NONE otherwise */
    uint32_t slot;    /* in the parent record; CD_NONE for elements, values and roots */
    uint32_t table;   /* index of the table it belongs to; CD_NONE for the policy node's tree */
    uint32_t n, cap;  /* rows set so far */
    uint8_t *state;   /* enum cd_state */
    union {
        uint8_t *b;
        double *f64;
        uint32_t *u32;
        int64_t *i64;
    } v;
    uint32_t *reason; /* dictionary id of an unknown row's reason; allocated with the first unknown
                         row (NULL: none) */
    uint32_t *off;    /* LIST, MAP: first child row of row i; its end is off[i] + len[i] */
    uint32_t *len;
    uint32_t *open;  /* LIST, MAP: dictionary id of the reason why there may be more members, 0:
                        closed;  allocated with the first that is not (NULL: none) */
    uint32_t *place; /* of element rows (child of a LIST): index in the source list, or CD_PLACE_KEY
                        | dictionary id of its key */
    uint32_t *key;   /* of value rows (child of a MAP): dictionary id of the key */
    struct cd_node *
        *child; /* RECORD: by slot, NULL until something was set there; LIST, MAP: child[0] */
    uint32_t n_child;
};
#define CD_PLACE_KEY 0x80000000u

/* A row of any node: node id and row number. Rows of tables and nested objects are passed about as
 * these. */
typedef uint64_t cd_rowref;
static inline cd_rowref
cd_rowref_of(uint32_t node, uint32_t row)
{
    return (uint64_t)node << 32 | row;
}
static inline uint32_t
cd_rowref_node(cd_rowref r)
{
    return (uint32_t)(r >> 32);
}
static inline uint32_t
cd_rowref_row(cd_rowref r)
{
    return (uint32_t)r;
}

/* The projection: shapes and fields with types, as in an image. `all` keeps every property: shapes
 * are then added from runtime/schema as they are met. Strings of the projection are dictionary ids
 * of the snapshot. */
struct cd_projection {
    const struct cd_image *img; /* shapes, fields, types; or NULL with `all` */
    bool all;
    bool envelopes; /* keep the envelope of every resource, also of types without a shape
                       (`resource` is read) */
};

/* Where a row comes from. */
struct cd_origin {
    uint32_t source;     /* index into cd_snapshot.sources */
    uint32_t item;       /* number of the item in its file, from 0; kept with `all` only */
    uint64_t offset;     /* byte offset of the item */
    uint32_t from;       /* derived rows: row of `from_table` they were made from */
    uint32_t from_table; /* CD_NONE: not derived */
    uint32_t place; /* derived rows: the mapping's own note of where in the item they stood, for
                       ingest */
};
/* Rows behind each other that have most of it in common. */
struct cd_stretch {
    uint32_t first; /* row */
    uint32_t source, from_table, place;
    uint64_t offset; /* of the first row; the others' are counted from here */
};

/* Where a resource is; dictionary ids, CD_NO_STR: absent. */
struct cd_site {
    uint32_t partition, account, region;
};

/* In a column of ARNs: the one that the format of the type gives. */
#define CD_ARN_MADE (CD_NO_STR - 1)

#define CD_ROW_DEAD 1u    /* superseded by a later capture, or deleted: no row for anyone */
#define CD_ROW_DERIVED 2u /* made from an embedded noun */

/* One type's resources. The columns of the envelope that are not described here have a function to
 * read them, below. */
struct cd_table {
    uint32_t type;  /* dictionary id of `AWS::X::Y` */
    uint32_t shape; /* in the projection, CD_NONE if only envelopes are kept */
    uint32_t
        schema; /* runtime/schema shape, CD_SCHEMA_NONE for a type that the tables do not know */
    struct cd_arn_format arn_format;
    bool derived;     /* made from other resources only, or `Cordon::…`: not in `resource` */
    bool is_borrowed; /* as of a node */
    bool is_settled;  /* which rows are dead was worked out before, and no row was added since */
    struct cd_node *root; /* RECORD */
    uint32_t n, cap;      /* rows */
    uint32_t *id;         /* dictionary id */
    uint32_t *arn;        /* NULL: all of them are made */
    uint32_t *site;       /* index into cd_snapshot.sites */
    int64_t *captured;    /* ms; INT64_MIN: unknown. NULL: nobody reads it of borrowed rows … */
    int64_t latest;       /* … of which this is the latest */
    struct cd_node *tags; /* MAP of STRING */
    struct cd_stretch *stretches;
    uint32_t n_stretches, cap_stretches;
    uint32_t *offset, *item, *from; /* origins; the last two may be NULL, and where nobody reads
                                       them of borrowed rows the first as well */
    uint8_t *flags;                 /* CD_ROW_… */
    uint32_t n_live;
    struct cd_told {
        uint32_t source, n;
    } told_tags, told_ties; /* where problems of every node are kept: of the latest source */
};

struct cd_complete {
    struct cd_str type; /* `*`, or with a trailing `*`, or exact */
    uint32_t account;   /* dictionary id, CD_NO_STR: all */
    uint32_t region;    /* likewise */
};

/* What was read, for the report. */
struct cd_source_info {
    struct cd_str file, format; /* `aws-config`, `cordon` */
    uint64_t items, resources, derived, deleted, problems;
    int64_t captured; /* ms, INT64_MIN if the file does not say */
    uint64_t told; /* problems that were reported of it; those beyond CD_MOST_TOLD not one by one */
    uint64_t told_as_such; /* those of items as such */
};
#define CD_MOST_TOLD 1000u

struct cd_problem {
    uint32_t source; /* CD_NONE: none */
    uint32_t node;   /* what it was met in, for those that are met only where that is read: a
                        property; the tags of a table; the root of a table, for resources described
                        twice. CD_NONE: the item as such */
    struct cd_str file;
    uint64_t offset; /* CORDON_NO_OFFSET: of the whole file */
    struct cd_str message;
};

/* Problems that are not kept one by one, where all kinds have to be told apart. */
struct cd_untold {
    uint32_t source, node;
    uint64_t n;
};

/* Json values: a tree in one array, depth-first. */
enum cd_json_kind {
    CD_JSON_NULL,
    CD_JSON_FALSE,
    CD_JSON_TRUE,
    CD_JSON_NUMBER,
    CD_JSON_STRING,
    CD_JSON_ARRAY,
    CD_JSON_OBJECT,
    CD_JSON_UNKNOWN
};
struct cd_json {
    uint32_t kind;
    uint32_t key;  /* member of an object: dictionary id of its name */
    uint32_t n;    /* ARRAY, OBJECT: members; STRING: dictionary id; UNKNOWN: reason */
    uint32_t next; /* index of the next sibling (one past this value's subtree); the first child is
                      at its own index + 1 */
    double number;
};

/* A resource that was deleted at a moment: identity as of a row of a table. */
struct cd_deletion {
    uint32_t type; /* dictionary id */
    uint32_t site, id;
    int64_t captured;
};
struct cd_place_set;

struct cd_ingest;

struct cd_snapshot {
    struct cd_arena
        arena; /* everything but the arrays of nodes and tables, which are on the heap */
    struct cd_intern dict;
    struct cd_projection projection; /* without an image, shapes and slots are runtime/schema's:
                                        slot i is field first_field + i */
    struct cd_node **nodes;
    size_t n_nodes, cap_nodes;
    struct cd_table **tables; /* sorted by type name once cd_snapshot_seal was called */
    size_t n_tables, cap_tables;
    struct cd_node
        *policies; /* RECORD of the schema's policy shape: one row for each distinct document */
    uint32_t *policy_texts; /* by row of those: dictionary id of the document's JSON, CD_NO_STR: not
                               known; rows behind the last have none, either */
    size_t n_policy_texts, cap_policy_texts;
    struct cd_json *json;
    size_t n_json, cap_json;
    struct cd_complete *complete;
    size_t n_complete, cap_complete;
    struct cd_complete *lost; /* what items that could not be read may have been: takes completeness
                                 away; same matching */
    size_t n_lost, cap_lost;
    struct cd_source_info *sources;
    size_t n_sources, cap_sources;
    struct cd_problem *problems;
    size_t n_problems, cap_problems;
    bool keeps_problems;  /* of every node, as if it alone were read, and not of all together */
    bool keeps_deletions; /* of a store that is read alone, which has settled them, too */
    struct cd_untold *untold;
    size_t n_untold, cap_untold;
    struct cd_deletion *deletions;
    size_t n_deletions, cap_deletions;
    struct cd_site *sites; /* every one that a row has */
    size_t n_sites, cap_sites;
    uint32_t *site_slots, site_mask, last_site; /* private: which sites there are */
    struct cd_place_set *place_set;             /* private: which places are in the lists below */
    uint32_t policy_shape;                      /* of the projection; CD_NONE if it has none */
    uint32_t *accounts, *regions; /* every (account, region or CD_NO_STR) pair that a resource of
                                     any type or `complete` names */
    size_t n_places, cap_places;
    int64_t captured; /* the latest capture of its files; INT64_MIN if none says */
    bool sealed;
    struct cd_ingest
        *ingest; /* runtime/ingest's notes on how the sources name things; in the arena */
    /* What borrowed arrays and the dictionary's base stand in, or NULL; released at the end. */
    void *backing;
    void (*release)(void *backing);
};

/* ---- life ---- */
CORDON_MUST_CHECK cordon_status cd_snapshot_init(struct cd_snapshot *s,
                                                 struct cd_projection projection);
void cd_snapshot_finish(struct cd_snapshot *s);
/* The dictionary of S, in which there is nothing yet, begins as BASE. */
CORDON_MUST_CHECK bool cd_snapshot_rebase(struct cd_snapshot *s, struct cd_packed *base);
/* The number of a site; CD_NONE when memory is out. */
uint32_t cd_snapshot_site(struct cd_snapshot *s, struct cd_site site);
/* The sites of S, in which there are none yet, are these, which stay where they are. */
CORDON_MUST_CHECK bool cd_snapshot_adopt_sites(struct cd_snapshot *s, struct cd_site *sites,
                                               size_t n);
/* Ends writing: settles resources described twice (later capture wins, deletion removes, a tie is a
 * problem), sorts tables, counts live rows, gathers the places that are named. */
CORDON_MUST_CHECK cordon_status cd_snapshot_seal(struct cd_snapshot *s, struct cordon_error *err);

/* ---- writing (all false or NULL when memory is out) ---- */
uint32_t cd_snapshot_str(struct cd_snapshot *s, struct cd_str str); /* dictionary id */
/* The table of a type, made if the projection wants it; NULL with *wanted false if it does not. */
struct cd_table *cd_snapshot_table(struct cd_snapshot *s, struct cd_str type, bool *wanted);
/* The table of a type in any case: one that the projection does not want keeps envelopes only, and
 * nobody reads it. NULL: out of memory. */
struct cd_table *cd_snapshot_envelopes(struct cd_snapshot *s, struct cd_str type);
struct cd_envelope_row {
    uint32_t id, arn, partition, region, account; /* dictionary ids, CD_NO_STR absent; arn may be
                                                     CD_ARN_MADE */
    int64_t captured;
    struct cd_origin origin;
    bool is_derived_row;
};
/* Adds a resource; *row is its number. Its root record row is known. */
CORDON_MUST_CHECK bool cd_table_add(struct cd_snapshot *s, struct cd_table *t,
                                    const struct cd_envelope_row *e, uint32_t *row);
/* The text of the document in ROW of the policies is TEXT. False when memory is out. */
CORDON_MUST_CHECK bool cd_snapshot_policy_text(struct cd_snapshot *s, uint32_t row, uint32_t text);
/* Records that a resource of this identity was deleted at CAPTURED. */
CORDON_MUST_CHECK bool cd_snapshot_delete(struct cd_snapshot *s, struct cd_str type,
                                          uint32_t partition, uint32_t account, uint32_t region,
                                          uint32_t id, int64_t captured);
/* Notes an account and region (CD_NO_STR: none) that a resource of any type names, also of types
 * that are not kept; its number, CD_NONE when memory is out. */
CORDON_MUST_CHECK uint32_t cd_snapshot_place(struct cd_snapshot *s, uint32_t account,
                                             uint32_t region);
/* The child node of a RECORD at SLOT of its shape, made on first use. For LIST elements and MAP
 * values see cd_node_elem. */
struct cd_node *cd_node_child(struct cd_snapshot *s, struct cd_node *record, uint32_t slot);
/* The element node of a LIST, the value node of a MAP. */
struct cd_node *cd_node_elem(struct cd_snapshot *s, struct cd_node *n);
/* The slot of property NAME in a RECORD node's shape; CD_NONE if the projection does not keep it.
 */
uint32_t cd_node_slot(struct cd_snapshot *s, const struct cd_node *record, struct cd_str name);
/* Sets row ROW (rows in increasing order; skipped ones are absent). */
CORDON_MUST_CHECK bool cd_node_set_bool(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                        bool v);
CORDON_MUST_CHECK bool cd_node_set_number(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                          double v);
CORDON_MUST_CHECK bool cd_node_set_string(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                          uint32_t v);
CORDON_MUST_CHECK bool cd_node_set_time(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                        int64_t v);
CORDON_MUST_CHECK bool cd_node_set_json(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                        uint32_t v);
CORDON_MUST_CHECK bool cd_node_set_policy(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                          uint32_t v);
CORDON_MUST_CHECK bool cd_node_set_record(struct cd_snapshot *s, struct cd_node *n,
                                          uint32_t row); /* known; fields follow */
CORDON_MUST_CHECK bool cd_node_set_absent(struct cd_snapshot *s, struct cd_node *n, uint32_t row);
CORDON_MUST_CHECK bool cd_node_set_unknown(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                           uint32_t reason);
/* The row after the last that was set: where the next element goes. */
static inline uint32_t
cd_node_end(const struct cd_node *n)
{
    return n->n;
}
/* Begins a known list or map at ROW; elements are then set in the element node at rows
 * cd_node_end(elem) onward, each with cd_node_place or cd_node_key; cd_node_close ends it. Only one
 * row of a node is open at a time. */
CORDON_MUST_CHECK bool cd_node_open(struct cd_snapshot *s, struct cd_node *n, uint32_t row);
CORDON_MUST_CHECK bool cd_node_place(struct cd_snapshot *s, struct cd_node *elem, uint32_t row,
                                     uint32_t place);
CORDON_MUST_CHECK bool cd_node_key(struct cd_snapshot *s, struct cd_node *value, uint32_t row,
                                   uint32_t key);
/* OPEN: reason why there may be more members, 0 for closed. The length is what the element node
 * grew by; N is that count. */
CORDON_MUST_CHECK bool cd_node_close(struct cd_snapshot *s, struct cd_node *n, uint32_t row,
                                     uint32_t n_elems, uint32_t open);
CORDON_MUST_CHECK bool cd_snapshot_complete(struct cd_snapshot *s, struct cd_str type,
                                            uint32_t account, uint32_t region);
/* Takes completeness away. What says the same is one, and of too many different ones it follows
 * that anything may be lost: so what asks for completeness never walks a long list. */
CORDON_MUST_CHECK bool cd_snapshot_lost(struct cd_snapshot *s, struct cd_str type, uint32_t account,
                                        uint32_t region);
/* Reports a problem. Of one source CD_MOST_TOLD are kept; sealing adds one that says how many more
 * there were. */
CORDON_MUST_CHECK bool cd_snapshot_problem(struct cd_snapshot *s, uint32_t source, uint64_t offset,
                                           const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same of what is met only where NODE is read (cd_problem.node). */
CORDON_MUST_CHECK bool cd_snapshot_problem_in(struct cd_snapshot *s, uint32_t node, uint32_t source,
                                              uint64_t offset, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* N more, which are not told one by one. */
CORDON_MUST_CHECK bool cd_snapshot_leave_untold(struct cd_snapshot *s, uint32_t node,
                                                uint32_t source, uint64_t n);
/* A problem as it was told before. */
CORDON_MUST_CHECK bool cd_snapshot_retell(struct cd_snapshot *s, const struct cd_problem *p);
uint32_t cd_snapshot_source(struct cd_snapshot *s, struct cd_str file,
                            struct cd_str format); /* CD_NONE: out of memory */

/* Appends a json value to the heap; CD_NONE when memory is out. KEY is 0 but for members of
 * objects. For arrays and objects the children are appended next, then cd_json_close is called with
 * their number; the others are complete once their `n` or `number` is set. */
uint32_t cd_json_add(struct cd_snapshot *s, enum cd_json_kind kind, uint32_t key);
void cd_json_close(struct cd_snapshot *s, uint32_t value, uint32_t n);

/* ---- reading ---- */
/* The member of the object VALUE whose key is the dictionary id KEY; CD_NONE if VALUE is no object
 * or has none. */
uint32_t cd_json_member(const struct cd_snapshot *s, uint32_t value, uint32_t key);
/* The JSON text of a value; what is unknown is written as the normalized form does. */
void cd_json_write(const struct cd_snapshot *s, uint32_t value, struct cd_buf *out);
/* The JSON text of row ROW of N: objects with the names of the projection; `null` where absent. */
void cd_node_write(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row,
                   struct cd_buf *out);
/* The name of slot SLOT of a RECORD, empty if there is none. */
struct cd_str cd_node_slot_name(const struct cd_snapshot *s, const struct cd_node *record,
                                uint32_t slot);
struct cd_table *cd_snapshot_find_table(const struct cd_snapshot *s,
                                        struct cd_str type); /* NULL: none */
static inline const struct cd_site *
cd_table_site(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row)
{
    return &s->sites[t->site[row]];
}
static inline bool
cd_table_is_dead(const struct cd_table *t, uint32_t row)
{
    return (t->flags[row] & CD_ROW_DEAD) != 0;
}
static inline bool
cd_table_is_derived(const struct cd_table *t, uint32_t row)
{
    return (t->flags[row] & CD_ROW_DERIVED) != 0;
}
struct cd_origin cd_table_origin(const struct cd_table *t, uint32_t row);
/* The ARN of a row, empty if it has none (or memory is out: SCRATCH says so); it may stand in
 * SCRATCH, whose contents it replaces. */
struct cd_str cd_table_arn(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row,
                           struct cd_buf *scratch);
bool cd_table_arn_is(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row,
                     struct cd_str arn);
/* The same as a dictionary id, CD_NO_STR if it has none; false when memory is out. */
CORDON_MUST_CHECK bool cd_table_arn_id(struct cd_snapshot *s, const struct cd_table *t,
                                       uint32_t row, uint32_t *id);
/* State of a row (rows beyond n are absent). */
static inline enum cd_state
cd_node_state(const struct cd_node *n, uint32_t row)
{
    return n == NULL || row >= n->n ? CD_ABSENT : (enum cd_state)n->state[row];
}
/* The reason of an unknown row, 0 if none was given. */
static inline uint32_t
cd_node_reason(const struct cd_node *n, uint32_t row)
{
    return n->reason != NULL && row < n->n ? n->reason[row] : 0;
}
/* Why the known list or map at ROW may have more members, 0: it is closed. */
static inline uint32_t
cd_node_open_reason(const struct cd_node *n, uint32_t row)
{
    return n->open != NULL ? n->open[row] : 0;
}
/* The resource that a row belongs to: the table (index into `tables`) and its row, by way of the
 * lists above it; CD_NONE for both if it belongs to none (policy documents). */
void cd_snapshot_owner(const struct cd_snapshot *s, cd_rowref r, uint32_t *table, uint32_t *row);
/* The row of the LIST or MAP node N that holds row ROW of its child; CD_NONE if none does. */
uint32_t cd_node_holder(const struct cd_node *n, uint32_t row);
/* Was everything of TYPE collected? In the place (account, region; CD_NO_STR for «every account» or
 * «any region») … */
bool cd_snapshot_is_complete_at(const struct cd_snapshot *s, struct cd_str type, uint32_t account,
                                uint32_t region);
/* … or in every account and region that `complete` or a resource names. */
bool cd_snapshot_is_complete(const struct cd_snapshot *s, struct cd_str type);

#endif
