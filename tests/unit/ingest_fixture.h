/* What the tests of ingest share: a snapshot from text, and its values as JSON. */
#ifndef CD_TESTS_INGEST_FIXTURE_H
#define CD_TESTS_INGEST_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/ingest/ingest.h"
#include "tests/support/projection.h"

struct fixture {
    struct cd_snapshot s;
    struct cordon_error err;
    cordon_status status;
    struct cd_buf out;
    struct cd_arena arena;
};

static inline void
load_projected(struct fixture *f, const char *text, struct cd_projection projection)
{
    f->err = (struct cordon_error){.code = CORDON_OK};
    f->out = (struct cd_buf)CD_BUF_INIT;
    cr_assert_eq(cd_snapshot_init(&f->s, projection), CORDON_OK);
    f->status = cd_ingest_text(&f->s, CD_STR("a.json"), cd_str_of(text), &f->err);
    if (f->status == CORDON_OK) {
        f->status = cd_snapshot_seal(&f->s, &f->err);
    }
}

/* Everything is kept. */
static inline void
load(struct fixture *f, const char *text)
{
    cd_arena_init(&f->arena);
    load_projected(f, text, (struct cd_projection){.all = true});
}

static inline void
unload(struct fixture *f)
{
    cd_buf_finish(&f->out);
    cd_snapshot_finish(&f->s);
    cd_arena_finish(&f->arena);
}

static inline struct cd_table *
table_of(const struct fixture *f, const char *type)
{
    struct cd_table *t = cd_snapshot_find_table(&f->s, cd_str_of(type));
    cr_assert_not_null(t, "no table %s", type);
    return t;
}

static inline uint32_t
row_of(const struct fixture *f, const struct cd_table *t, const char *id)
{
    for (uint32_t row = 0; row < t->n; row++) {
        if (!cd_table_is_dead(t, row)
            && cd_str_eq(cd_intern_str(&f->s.dict, t->id[row]), cd_str_of(id))) {
            return row;
        }
    }
    cr_assert_fail("no resource %s", id);
    return 0;
}

static inline struct cd_str
text_of(struct fixture *f, uint32_t id)
{
    return id == CD_NO_STR ? CD_STR("(absent)") : cd_intern_str(&f->s.dict, id);
}

/* The property at a dotted path of objects, as JSON; `null` where absent. */
static inline struct cd_str
property(struct fixture *f, const char *type, const char *id, const char *path)
{
    const struct cd_table *t = table_of(f, type);
    uint32_t row = row_of(f, t, id);
    struct cd_node *n = t->root;
    struct cd_str rest = cd_str_of(path);
    for (size_t from = 0; n != NULL && from < rest.n;) {
        size_t dot = cd_str_find(rest, '.', from);
        uint32_t slot = cd_node_slot(&f->s, n, cd_str_sub(rest, from, dot));
        cr_assert_neq(slot, CD_NONE, "no property %s", path);
        if (cd_node_state(n, row) != CD_KNOWN) {
            break;
        }
        n = n->child[slot];
        from = dot + 1;
    }
    cd_buf_clear(&f->out);
    if (n == NULL) {
        cd_buf_puts(&f->out, "null");
    } else {
        cd_node_write(&f->s, n, row, &f->out);
    }
    return cd_buf_view(&f->out);
}

#define EXPECT_STR(got_, wanted_)                                                              \
    do {                                                                                       \
        struct cd_str got_str = (got_);                                                        \
        cr_assert(cd_str_eq(got_str, cd_str_of(wanted_)), "got %.*s, not %s", CD_FMT(got_str), \
                  (wanted_));                                                                  \
    } while (0)

#endif
