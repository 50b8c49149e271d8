/* A line of `cordon simulate` while it is read and answered: what the parts of that share.
 * simulate.c owns the simulator, simulate_members.c a line's members, simulate_request.c its
 * request, simulate_answer.c what is written. */
#ifndef CD_IAM_SIMULATE_LINE_H
#define CD_IAM_SIMULATE_LINE_H

#include "runtime/iam/policy_cache.h"
#include "runtime/iam/simulate.h"

#define CD_LINE_KEYS 1024        /* of one request */
#define CD_LINE_TEXT_LIMIT 16384 /* bytes of a text of a request: ARNs have at most 2,048 */

/* Names that were looked up in a table, so that they are not again: the last of each hash. */
#define CD_SEEN_NAMES 256 /* a power of two */
#define CD_SEEN_SIZE 60
struct cd_seen_name {
    char name[CD_SEEN_SIZE];
    uint8_t n; /* 0: none */
    bool is_multivalued;
    uint32_t index; /* in its table, or CD_SCHEMA_NONE */
};

struct cd_simulator {
    struct cd_policy_cache *cache;
    struct cd_arena arena; /* of the line at hand */
    struct cd_dom *dom;
    struct cd_decided decided;
    struct cd_access_key keys[CD_LINE_KEYS];
    struct cd_str values[CD_LINE_KEYS]; /* of keys with one */
    size_t bucket_quota, key_quota;     /* bytes of their policies */
    struct cd_seen_name actions[CD_SEEN_NAMES], context_keys[CD_SEEN_NAMES];
};

struct cd_line {
    struct cd_simulator *s;
    struct cd_cursor at;
    struct cd_str id; /* as written; empty: none */
    bool has_id, partial, oom;
    struct cd_question q;
    const struct cd_policy_member *policies[CD_N_POLICY_KINDS]; /* NULL: none */
    struct cd_str error;                                        /* the first one; empty: none */
    struct cd_warnings warnings;                                /* about the request */
};

/* The line's error is WHAT, and MORE (cut if it is long), if it has none yet. False, so that
 * `return cd_line_fail(…)` reads well. */
bool cd_line_fail_at(struct cd_line *l, const char *what, struct cd_str more);
bool cd_line_fail(struct cd_line *l, const char *what);
/* A string at the cursor with its escapes resolved, borrowed from the line where it has none;
 * OTHERWISE is the error if none stands there. */
bool cd_line_text(struct cd_line *l, const char *otherwise, struct cd_str *out);
/* `"key":`, behind a comma unless it is the first. */
bool cd_line_key(struct cd_line *l, bool is_first, struct cd_str *key);
/* Takes a null, if one stands there: a member that is null is none. */
bool cd_line_null(struct cd_line *l);
/* Adds the warning WHAT, and NAME. False: memory is out. */
bool cd_line_warn(struct cd_line *l, const char *what, struct cd_str name);
/* Passes over a member that nobody knows, with the warning WHAT and its KEY. Where the key is like
 * that of something on which decisions depend it is the line's error: to decide without would be a
 * guess. */
bool cd_line_pass(struct cd_line *l, const char *what, struct cd_str key);

/* Reads all of the line; false if it is wrong (l->error) or memory is out (l->oom). */
bool cd_line_read(struct cd_line *l);
/* Reads the value of `request`. */
bool cd_line_request(struct cd_line *l);
/* Writes the answer. */
void cd_line_answer(const struct cd_line *l, const struct cd_decided *d, struct cd_buf *out);
/* Writes ERROR for the line NUMBER, whose id is as written, or empty. */
void cd_line_error(struct cd_str id, uint64_t number, struct cd_str error, struct cd_buf *out);

#endif
