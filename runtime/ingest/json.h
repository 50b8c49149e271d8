/* One JSON document in memory, read-only: parsed and checked in full by simdjson (json.cpp), walked
 * on its tape by the inline functions below. A parser holds one document; its values are valid
 * until its next parse.
 *
 * The tape, as simdjson documents it: 64-bit words, a tag in the top byte and a payload below it.
 *     r root   { [ payload: index behind the matching end (low 32 bits)   } ] end
 *     "  payload: offset in `strings` of a 32-bit length and the bytes    l u d  the next word is
 * int64, uint64, double   t f n
 */
#ifndef CD_INGEST_JSON_H
#define CD_INGEST_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes behind a padded text that have to be readable. */
#define CD_DOM_PADDING 64

struct cd_dom_doc {
    const uint64_t *tape;
    const uint8_t *strings;
};

enum cd_dom_status {
    CD_DOM_OK,
    CD_DOM_MEMORY,
    CD_DOM_DEPTH,  /* nested deeper than 1,024 */
    CD_DOM_UTF8,   /* not valid UTF-8 */
    CD_DOM_RANGE,  /* a number that no double or 64-bit integer holds */
    CD_DOM_SYNTAX, /* anything else */
};

struct cd_dom;
struct cd_dom *cd_dom_new(void); /* NULL: out of memory */
void cd_dom_free(struct cd_dom *dom);
/* Parses N bytes at P, behind which CD_DOM_PADDING more are readable if IS_PADDED; they are copied
 * otherwise. *DOC stands until the parser's next parse or its end. */
enum cd_dom_status cd_dom_parse_bytes(struct cd_dom *dom, const char *p, size_t n, bool is_padded,
                                      const struct cd_dom_doc **doc);

/* Documents that stand beside each other, each until it is parsed over. */
#define CD_DOM_SHELF 512u
struct cd_dom_shelf;
struct cd_dom_shelf *cd_dom_shelf_new(void); /* NULL: out of memory */
void cd_dom_shelf_free(struct cd_dom_shelf *shelf);
/* The same as cd_dom_parse_bytes, of a padded text, into place AT < CD_DOM_SHELF. */
enum cd_dom_status cd_dom_parse_onto(struct cd_dom *dom, struct cd_dom_shelf *shelf, size_t at,
                                     const char *p, size_t n, const struct cd_dom_doc **doc);

#ifdef __cplusplus
}
#else

#include <string.h>

#include "runtime/base/str.h"

struct cd_dom_val {
    const struct cd_dom_doc *doc;
    uint32_t at;
};

enum cd_dom_kind {
    CD_DOM_NULL,
    CD_DOM_FALSE,
    CD_DOM_TRUE,
    CD_DOM_NUMBER,
    CD_DOM_STRING,
    CD_DOM_ARRAY,
    CD_DOM_OBJECT,
};

static inline struct cd_dom_val
cd_dom_root(const struct cd_dom_doc *doc)
{
    return (struct cd_dom_val){doc, 1};
}

static inline enum cd_dom_status
cd_dom_parse(struct cd_dom *dom, struct cd_str text, bool is_padded, struct cd_dom_val *root)
{
    root->at = 1;
    return cd_dom_parse_bytes(dom, text.p, text.n, is_padded, &root->doc);
}

static inline char
cd_dom_tag(struct cd_dom_val v)
{
    return (char)(v.doc->tape[v.at] >> 56);
}

static inline enum cd_dom_kind
cd_dom_kind(struct cd_dom_val v)
{
    switch (cd_dom_tag(v)) {
    case '{': return CD_DOM_OBJECT;
    case '[': return CD_DOM_ARRAY;
    case '"': return CD_DOM_STRING;
    case 't': return CD_DOM_TRUE;
    case 'f': return CD_DOM_FALSE;
    case 'n': return CD_DOM_NULL;
    default: return CD_DOM_NUMBER;
    }
}

static inline bool
cd_dom_is(struct cd_dom_val v, char tag)
{
    return cd_dom_tag(v) == tag;
}

/* The bytes of a string value. */
static inline struct cd_str
cd_dom_str(struct cd_dom_val v)
{
    uint64_t offset = v.doc->tape[v.at] & 0x00FFFFFFFFFFFFFFu;
    uint32_t n;
    memcpy(&n, v.doc->strings + offset, sizeof n);
    return (struct cd_str){(const char *)v.doc->strings + offset + sizeof n, n};
}

#define CD_DOM_EXACT 9007199254740992 /* 2^53: doubles do not tell integers beyond it apart */

/* The value of a number; false if it is beyond 2^53. */
static inline bool
cd_dom_number(struct cd_dom_val v, double *out)
{
    uint64_t word = v.doc->tape[v.at + 1];
    int64_t integer = (int64_t)word;
    switch (cd_dom_tag(v)) {
    case 'l': *out = (double)integer; return integer <= CD_DOM_EXACT && integer >= -CD_DOM_EXACT;
    case 'u': *out = (double)word; return false;
    default: memcpy(out, &word, sizeof *out); return *out <= CD_DOM_EXACT && *out >= -CD_DOM_EXACT;
    }
}

/* Index behind the value at AT. */
static inline uint32_t
cd_dom_after(const struct cd_dom_doc *doc, uint32_t at)
{
    uint64_t word = doc->tape[at];
    switch ((char)(word >> 56)) {
    case '{':
    case '[': return (uint32_t)word;
    case 'l':
    case 'u':
    case 'd': return at + 2;
    default: return at + 1;
    }
}

/* Walks an array or object in its order: for (it = cd_dom_iter(v); cd_dom_next(&it);). */
struct cd_dom_iter {
    struct cd_dom_val val; /* the current member */
    struct cd_str key;     /* of an object's member */
    uint32_t next, end;
    uint32_t i; /* its place, from 0 */
    bool is_object;
};

static inline struct cd_dom_iter
cd_dom_iter(struct cd_dom_val v)
{
    bool is_object = cd_dom_is(v, '{');
    bool is_array = cd_dom_is(v, '[');
    uint32_t end = is_object || is_array ? (uint32_t)v.doc->tape[v.at] - 1 : v.at + 1;
    return (struct cd_dom_iter){
        .val = v, .next = v.at + 1, .end = end, .i = UINT32_MAX, .is_object = is_object};
}

static inline bool
cd_dom_next(struct cd_dom_iter *it)
{
    if (it->next >= it->end) {
        return false;
    }
    it->val.at = it->next;
    if (it->is_object) {
        it->key = cd_dom_str(it->val);
        it->val.at++;
    }
    it->next = cd_dom_after(it->val.doc, it->val.at);
    it->i++;
    return true;
}

/* The first member of V named KEY; false if V is no object or has none. */
static inline bool
cd_dom_member(struct cd_dom_val v, struct cd_str key, struct cd_dom_val *out)
{
    if (!cd_dom_is(v, '{')) {
        return false;
    }
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
        if (cd_str_eq(it.key, key)) {
            *out = it.val;
            return true;
        }
    }
    return false;
}

#endif /* C */

#endif
