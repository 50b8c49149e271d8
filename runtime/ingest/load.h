/* What the files of this folder share: the state of reading one source, and plans. A plan is made
 * once for each record of the snapshot and dialect, and says for each property where its value
 * stands; items are then read by it without looking at names. */
#ifndef CD_INGEST_LOAD_H
#define CD_INGEST_LOAD_H

#include "runtime/base/map.h"
#include "runtime/column/snapshot.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/json.h"
#include "runtime/ingest/keys.h"
#include "runtime/ingest/maps.h"
#include "runtime/schema/arn.h"

/* Values nested deeper are unknown. */
#define CD_DEPTH_LIMIT 100
/* Items of further types are problems; AWS has half as many. */
#define CD_MOST_TYPES 4096u
/* JSON in strings in strings … */
#define CD_EMBED_LIMIT 3
/* … and so many strings at a time; further ones stay strings. */
#define CD_EMBEDDED_AT_ONCE 64u

enum cd_dialect {
    CD_DIALECT_CONFIG, /* AWS Config's names; what it does not carry is unknown */
    CD_DIALECT_NORMAL, /* the snapshot's own names; Cordon::Unknown */
    CD_DIALECT_POLICY, /* documents: single values are lists; what is not there is absent */
};

/* ---- plans (in the snapshot's arena, kept in cd_ingest) ---- */

/* The members of an object that are read, and of the objects inside it that paths lead through. */
struct cd_trie {
    struct cd_keys keys;
    struct cd_trie_entry *entries; /* by index of the key */
    size_t n, cap;
};
struct cd_trie_entry {
    struct cd_trie *below; /* NULL: no path leads on */
    uint32_t leaf;         /* of the plan, CD_NONE: none */
    uint64_t stamp;        /* the last object in which it was seen … */
    struct cd_str key;     /* … under this key */
};

/* A place of an object that properties are read from; what the current object has there. */
struct cd_leaf {
    struct cd_str wanted;  /* the key as the plan has it */
    struct cd_str prefix;  /* the path to it, with a dot at the end, for messages */
    struct cd_str spelled; /* the path as the first item that had it spelled it; p NULL: none had */
    struct cd_dom_val val;
    uint8_t rank; /* how well the key fits: 0 not there, 3 exactly */
    bool is_duplicate;
    bool is_broken; /* what its path leads through is no object */
};

enum cd_from_kind {
    CD_FROM_LEAF,
    CD_FROM_SELF,
    CD_FROM_KEY,
    CD_FROM_KEY_FIRST, /* the key up to its last slash, with a slash before … */
    CD_FROM_KEY_REST,  /* … and what stands behind */
    CD_FROM_ITEM,
    CD_FROM_BELOW,
    CD_FROM_TAGS
};
static inline bool
cd_from_is_key(enum cd_from_kind kind)
{
    return kind == CD_FROM_KEY || kind == CD_FROM_KEY_FIRST || kind == CD_FROM_KEY_REST;
}

struct cd_from {
    enum cd_from_kind kind;
    uint32_t leaf;
    struct cd_str path; /* ITEM: from the item's root; BELOW: from the object */
    bool is_outer;      /* LEAF: of the element around (explode) */
};

struct cd_plan;

/* How one node is filled from a JSON value. */
struct cd_value_plan {
    struct cd_node *node;
    const struct cd_map_entry *map; /* the entry it is read by, or NULL */
    enum cd_dialect dialect;
    uint32_t schema;            /* shape of the resource type, for what AWS Config carries */
    struct cd_str path;         /* from the resource, in the language's terms */
    struct cd_plan *record;     /* RECORD */
    struct cd_value_plan *elem; /* LIST, MAP */
    struct cd_plan **exploded;  /* LIST: by alternative of map->explode */
    bool is_inner;              /* the element of a list: the operators on lists are behind us */
    uint32_t problem;           /* the problem that was reported of it, in the current source … */
    uint32_t problem_source;
    uint32_t n_problems; /* … and how often */
};

struct cd_slot_plan {
    uint32_t slot;
    struct cd_str name;
    struct cd_from *from;
    uint32_t n_from;
    bool is_carried;
    uint32_t reason;            /* why it is unknown where it is not there; dictionary id */
    uint32_t used;              /* the first source of `from` that had a value, CD_NONE: none yet */
    uint32_t found;             /* the one that had the current row's */
    struct cd_value_plan value; /* node NULL until it is needed */
};

struct cd_plan {
    struct cd_node *record;
    enum cd_dialect dialect;
    struct cd_trie
        *trie[2]; /* [1]: supplementaryConfiguration, or the element around; may be NULL */
    struct cd_leaf *leaves;
    size_t n_leaves, cap_leaves;
    struct cd_slot_plan *slots;
    uint32_t n_slots;
    bool reads_tags; /* the property Tags comes from the item's tags */
    bool is_root;    /* of an item: paths begin at configuration and supplementaryConfiguration */
};

/* ---- what ingest keeps with a snapshot ---- */

struct cd_table_plan {
    struct cd_table *table;
    const struct cd_map_type *map;  /* CONFIG */
    const struct cd_map_rows *rows; /* of derived rows: how they were embedded */
    enum cd_dialect dialect;
    struct cd_plan *plan; /* NULL: only the envelope is kept */
};

/* What is known of a type of AWS Config, once. */
struct cd_type_plan {
    struct cd_str from, type;
    const struct cd_map_type *map;
    uint32_t schema;
    bool is_wanted;
    bool names_resource;        /* resourceName before resourceId */
    struct cd_table_plan *plan; /* NULL: the table is not wanted */
    struct cd_embedded_plan {
        uint32_t schema;
        struct cd_table_plan *plan; /* likewise */
    } * rows;                       /* by map->rows */
};

struct cd_policy_slot;

struct cd_ingest {
    struct cd_table_plan **plans;
    size_t n_plans, cap_plans;
    struct cd_type_plan **types; /* AWS Config's types that were met */
    size_t n_types, cap_types;
    struct cd_keys members; /* of enum cd_member */
    bool reads_tags;        /* the program reads the tags of the envelope */
    bool asks_documents;    /* … asks what documents allow: their texts are kept */
    struct cd_plan *policy;
    struct cd_policy_slot *policies; /* distinct documents by their text: open addressing */
    uint32_t n_policies, policy_mask;
    struct cd_policy_recent *recent; /* where the texts are not kept; NULL: not made yet */
    struct cd_unshaped *unshaped;    /* properties of types that the tables do not know */
    size_t n_unshaped, cap_unshaped;
    struct cd_source_note *notes; /* by source: what a normalized file says of where it came from */
    size_t n_notes, cap_notes;
    uint64_t stamp; /* of the last object that was walked, in any source */
};

/* The properties of a type without a shape, as json; kept for the normalized form only. */
struct cd_unshaped {
    const struct cd_table *table;
    uint32_t *values; /* by row: on the json heap, CD_NONE: none */
    uint32_t n;
};

/* A source that a normalized file names in its header, or in an `origin`. */
struct cd_source_note {
    uint32_t source;
    struct cd_str file, format;
};

/* What ingest keeps with S, made if it is not there yet; NULL: out of memory. */
struct cd_ingest *cd_ingest_of(struct cd_snapshot *s);

/* ---- the state of reading one source ---- */

enum cd_item_kind {
    CD_ITEM_WHOLE,
    CD_ITEM_SUMMARY, /* of an event whose item was too large */
    CD_ITEM_QUERY,   /* only what a query selected */
};

struct cd_load {
    struct cd_snapshot *s;
    struct cd_ingest *in;
    uint32_t source;
    struct cd_dom *dom; /* the current item */
    struct cd_dom
        *embedded[CD_EMBEDDED_AT_ONCE]; /* JSON inside its strings; NULL: not needed so far */
    uint32_t n_embedded;                /* in use */
    struct cd_dom *scratch;             /* policy documents */
    struct cd_buf text;
    struct cd_buf clamped; /* cd_text_parse's */
    uint64_t offset;       /* of the current item */
    uint32_t item;         /* its number */
    struct cd_dom_val root;
    enum cd_item_kind kind;
    bool is_listed;           /* the last record stood in a list of one */
    uint32_t element;         /* of the list that the last path went through, by cd_value_find */
    const char *heap_unknown; /* why something that cd_heap_add wrote is unknown, or NULL */
    bool oom;
    struct cd_type_plan *last_type;
    size_t first_problem; /* of this source, if there is one */
    bool recognized;      /* something in the source was of a known format */
    bool is_normal;       /* the normalized form */
    struct cd_str type;   /* of the current resource, for messages */
    const struct cd_pair *tags;
    uint32_t n_tags;
    bool has_tags;
    uint32_t tags_unknown; /* not 0: why all of them are */
    /* The places of the items of one answer or file: a delivered snapshot is complete there. */
    uint32_t *place_seen; /* by place of the snapshot: the answer that had it last */
    size_t cap_place_seen;
    uint32_t answer;  /* the current one */
    uint32_t *places; /* its own */
    size_t n_places, cap_places;
    uint32_t *complete; /* of those that were delivered snapshots */
    size_t n_complete, cap_complete;
    struct cd_map notes;             /* files that a normalized one names: among in->notes */
    struct cd_value_plan **reported; /* properties with problems */
    size_t n_reported, cap_reported;
    struct cd_arena arena;      /* of the source */
    struct cd_arena item_arena; /* of the current item */
};

struct cd_pair {
    uint32_t key, value; /* dictionary ids; value CD_NO_STR: unknown … */
    uint32_t why;        /* … and why it would be */
};

/* ---- plan.c ---- */

/* The plan by which items of AWS Config's type, or rows that they embed (ROWS), fill TABLE. NULL:
 * out of memory. */
struct cd_table_plan *cd_plan_table(struct cd_load *l, struct cd_table *table,
                                    enum cd_dialect dialect, const struct cd_map_type *map,
                                    const struct cd_map_rows *rows);
/* What a record node is filled by. ENTRIES: mappings of its properties. */
struct cd_plan *cd_plan_record(struct cd_load *l, struct cd_node *record,
                               const struct cd_value_plan *as, const struct cd_map_entry *entries,
                               uint32_t n);
/* The same for elements of an exploded list: INNER's entries count before those of the element
 * around. */
struct cd_plan *cd_plan_exploded(struct cd_load *l, struct cd_node *record,
                                 const struct cd_value_plan *as,
                                 const struct cd_map_explode *inner);
/* The node of a slot, made on first need; false: out of memory. */
bool cd_plan_slot_node(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot);

/* What the object that V sets is filled by, once it is needed; NULL: out of memory. */
struct cd_plan *cd_value_record_plan(struct cd_load *l, struct cd_value_plan *v);
/* list.c: how the members of a LIST or MAP are read, once it is needed … */
struct cd_value_plan *cd_value_elem_plan(struct cd_load *l, struct cd_value_plan *v);
/* … and those of an exploded list, by the alternative of its mapping. */
struct cd_plan *cd_value_exploded_plan(struct cd_load *l, struct cd_value_plan *v,
                                       uint32_t alternative);

/* ---- extract.c, value.c ---- */

/* What a record is read from: its object, the object around it (or supplementaryConfiguration), and
 * the key that it stood under. */
struct cd_context {
    const struct cd_dom_val *self, *outer; /* NULL: not there */
    struct cd_str key;
    uint32_t reason; /* not 0: why everything that is not found is unknown */
};

/* Fills ROW of the plan's record, which is known. */
void cd_extract(struct cd_load *l, struct cd_plan *plan, uint32_t row,
                const struct cd_context *from, int depth);
/* Sets ROW of the plan's node to VAL. */
void cd_value_set(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
                  int depth);
/* The same of a value that stood under KEY (p NULL: under none). */
void cd_value_set_keyed(struct cd_load *l, struct cd_value_plan *v, uint32_t row,
                        struct cd_dom_val val, struct cd_str key, int depth);
/* list.c: the same of a LIST, a MAP; false if VAL is of another type. */
bool cd_value_set_list(struct cd_load *l, struct cd_value_plan *v, uint32_t row,
                       struct cd_dom_val val, int depth);
bool cd_value_set_map(struct cd_load *l, struct cd_value_plan *v, uint32_t row,
                      struct cd_dom_val val, int depth);
/* tags.c: sets ROW to the resource's tags; as a MAP of strings. */
void cd_value_set_tags(struct cd_load *l, struct cd_value_plan *v, uint32_t row);
void cd_tags_set(struct cd_load *l, struct cd_node *node, uint32_t row);
/* Reports a problem of the property that V fills; once for each source, where it says how often. */
void cd_value_problem(struct cd_load *l, struct cd_value_plan *v, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void cd_value_set_unknown(struct cd_load *l, struct cd_node *node, uint32_t row, const char *why);
/* If VAL is a string that holds JSON, what it holds; VAL itself otherwise. */
struct cd_dom_val cd_value_decoded(struct cd_load *l, struct cd_dom_val val);
/* What stands at a path: nothing (null, or an empty string on the way, is nothing), a value, or
 * something that cannot be told: a key on the way stands twice, or holds no object. */
enum cd_found { CD_FOUND_NOTHING, CD_FOUND_VALUE, CD_FOUND_BROKEN };
/* The value at a dotted path below VAL. */
enum cd_found cd_value_find(struct cd_load *l, struct cd_dom_val val, struct cd_str path,
                            struct cd_dom_val *out);
/* Is there a value at PATH? */
bool cd_value_at(struct cd_load *l, struct cd_dom_val val, struct cd_str path,
                 struct cd_dom_val *out);
/* Is VAL null, or a string that is empty or says null? */
bool cd_value_is_nothing(struct cd_dom_val val);
/* AWS Config keeps some objects as lists of one: the one element, or VAL itself. */
struct cd_dom_val cd_value_only(struct cd_dom_val val);
/* Key and value of an object like {"key": …, "value": …} or {"parameterKey": …,
 * "parameterValue": …}. */
bool cd_value_pair(struct cd_dom_val val, struct cd_str *key, struct cd_dom_val *value);
/* Is VAL the normalized form's unknown? Then *why is its reason. */
bool cd_value_is_unknown(struct cd_dom_val val, struct cd_str *why);

/* The plan of policy documents, once it is needed; NULL: out of memory. */
struct cd_plan *cd_policy_plan(struct cd_load *l);

/* ---- time.c ---- */

/* A time as AWS Config writes it: ISO 8601, milliseconds or seconds since 1970, or `Feb 21, 2022
 * 6:36:56 PM` (UTC). */
bool cd_config_time(struct cd_dom_val val, int64_t *ms);

/* ---- heap.c ---- */

/* VAL on the snapshot's json heap; CD_NONE: out of memory. */
uint32_t cd_heap_add(struct cd_load *l, struct cd_dom_val val, enum cd_dialect dialect);
/* Those of the N members of OBJECT on the heap that have the same key are unknown. */
void cd_heap_hide_duplicates(struct cd_load *l, uint32_t object, uint32_t n);

/* ---- policy.c ---- */

/* The row of a document in the snapshot's policies: of an object, or of the text of one. CD_NONE:
 * it is none. */
uint32_t cd_policy_row(struct cd_load *l, struct cd_dom_val val, bool urldecode);

/* ---- item.c, config.c, normal_read.c ---- */

/* The members of an item's envelope, in the dialects of AWS Config, and of what items come in. */
enum cd_member {
#define CD_MEMBER(name, text) CD_MEMBER_##name,
#include "runtime/ingest/members.def"
#undef CD_MEMBER
    CD_N_MEMBERS
};

struct cd_members {
    struct cd_dom_val val[CD_N_MEMBERS];
    bool has[CD_N_MEMBERS];              /* it is there and not null */
    bool is_duplicate[CD_N_MEMBERS];     /* its key stands twice */
    bool is_there[CD_N_MEMBERS];         /* it may be null */
    struct cd_str spelled[CD_N_MEMBERS]; /* its key */
};

/* Reads one JSON value that has to be an item, an event with one, or a line of the normalized form.
 * M: what cd_item_look found, if it is an object. */
void cd_item_read(struct cd_load *l, struct cd_dom_val root, const struct cd_members *m);
/* Finds the members of ROOT, if it is an object, and lets the memory fetch what the names of the
 * resource will need of the dictionary: to be called some time before cd_item_read. */
void cd_item_look(struct cd_load *l, struct cd_dom_val root, struct cd_members *m);
/* An item, or what wraps it, at some DEPTH of what wraps that. */
void cd_item_element(struct cd_load *l, struct cd_dom_val val, int depth);
/* The current item cannot be read: counts it as a problem, and takes completeness from what it
 * could have been. */
void cd_item_lost(struct cd_load *l, struct cd_str type, uint32_t account, uint32_t region,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Takes completeness from what may have been lost. */
void cd_lost(struct cd_load *l, struct cd_str type, uint32_t account, uint32_t region);
/* The string of a member: 1 if it is there, 0 if not, -1 if it is no string or its key stands
 * twice. */
int cd_member_str(const struct cd_members *m, enum cd_member which, struct cd_str *out);
/* Reads the tags of M into l->tags, if the program or the plan reads them. WHY, not 0: they are
 * unknown if M has none. */
void cd_tags_read(struct cd_load *l, const struct cd_members *m, const struct cd_table_plan *tp,
                  uint32_t why);
/* The partition of a resource: its ARN's, else its region's. */
struct cd_str cd_partition_of(struct cd_str arn, struct cd_str region);
/* A row of TABLE with the current tags. False: out of memory. */
bool cd_item_row(struct cd_load *l, struct cd_table *table, const struct cd_envelope_row *e,
                 uint32_t *row);

/* What is known of AWS Config's type FROM; NULL: there are too many types, or memory is out. */
struct cd_type_plan *cd_config_type(struct cd_load *l, struct cd_str from);
/* An item of AWS Config, of l->kind. */
void cd_config_item(struct cd_load *l, const struct cd_members *m);
/* An item of the current answer is of this place. */
void cd_place_note(struct cd_load *l, uint32_t account, uint32_t region);
/* Another answer begins. */
void cd_place_restart(struct cd_load *l);
/* The current answer was a delivered snapshot: it names all of the resources in its places. */
void cd_place_complete(struct cd_load *l);
/* At the end of the source, what follows from that. */
void cd_config_complete(struct cd_load *l);

/* ---- page.c ---- */

/* Is VAL a list of items (not an empty one), or an answer that has a list? Then they are read as
 * items of the source. */
bool cd_page_read(struct cd_load *l, struct cd_dom_val val, int depth);
/* What the members of an answer say of it, besides its items. */
void cd_page_note(struct cd_load *l, struct cd_dom_val page);
void cd_normal_header(struct cd_load *l, const struct cd_members *m);
void cd_normal_resource(struct cd_load *l, const struct cd_members *m);

/* Keeps VAL as the properties of ROW of a table without a shape; AWS Config's names by the regular
 * rule. */
void cd_unshaped_add(struct cd_load *l, const struct cd_table *table, uint32_t row,
                     struct cd_dom_val val, enum cd_dialect dialect);
/* The same of a value on the heap. */
void cd_unshaped_set(struct cd_load *l, const struct cd_table *table, uint32_t row, uint32_t value);
/* CD_NONE: there are none. */
uint32_t cd_unshaped_get(const struct cd_ingest *in, const struct cd_table *table, uint32_t row);

/* The ARN of a resource for its row: that which was given, or else what the format of its type
 * gives. */
uint32_t cd_load_arn(struct cd_load *l, const struct cd_arn_format *format,
                     const struct cd_arn_parts *parts, struct cd_str given);

/* A note on a value that does not stand at its property's first source: as the `place` of its row
 * in the property's node, the source and the element of the list on its path. */
#define CD_NOTE(source, element) (1u + (source) + ((element) << 8))
#define CD_NOTE_SOURCE(note) (((note)-1u) & 0xFFu)
#define CD_NOTE_ELEMENT(note) ((((note)-1u) >> 8) & 0xFFFFu)
#define CD_NOTE_LISTED 0x40000000u /* it stands in a list of one */

/* The place of an element that stands in the list's stead. */
#define CD_PLACE_ONE 0x7FFFFFFFu

/* Notes of a row's origin: of AWS Config (not derived), how its item spells the envelope. */
#define CD_PLACE_SMALL_ARN 1u  /* `arn` instead of `ARN` */
#define CD_PLACE_ACCOUNT_ID 2u /* `accountId` instead of `awsAccountId` */
#define CD_PLACE_NAMED 4u      /* the id is resourceName */

/* ---- normal_header.c ---- */

void cd_normal_put_header(const struct cd_snapshot *s, struct cd_buf *out);
/* The text of a dictionary id, empty for CD_NO_STR; `"name":"value"`; `,"captured":"…"`. */
struct cd_str cd_normal_str(const struct cd_snapshot *s, uint32_t id);
void cd_normal_put_member(struct cd_buf *out, const char *name, struct cd_str value);
void cd_normal_put_time(struct cd_buf *out, int64_t ms);

/* ---- text.c ---- */

/* Parses TEXT into DOM; numbers that nothing holds become some that are just beyond 2^53. */
enum cd_dom_status cd_text_parse(struct cd_load *l, struct cd_dom *dom, struct cd_str text,
                                 bool is_padded, struct cd_dom_val *root);
/* Where TEXT, which the parser refused, is no JSON: the offset, and what is wrong there. */
size_t cd_text_fault(struct cd_str text, const char **what);
/* Appends TEXT with numbers beyond all ranges replaced by some that are just beyond 2^53 and of the
 * same length. */
void cd_text_clamp_numbers(struct cd_str text, struct cd_buf *out);
/* Appends VAL as JSON, without blanks. */
void cd_text_of(struct cd_dom_val val, struct cd_buf *out);
/* Appends S percent-decoded; a `%` without two hexadecimal digits stands for itself. */
void cd_text_urldecode(struct cd_str s, struct cd_buf *out);

static inline uint32_t
cd_load_str(struct cd_load *l, struct cd_str s)
{
    uint32_t id = cd_snapshot_str(l->s, s);
    l->oom |= id == CD_NO_STR;
    return id;
}

/* Remembers that memory ran out. */
static inline void
cd_load_ok(struct cd_load *l, bool ok)
{
    l->oom |= !ok;
}

#endif
