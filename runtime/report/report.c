/* The order of a report and the choice of its rendering. */
#include "runtime/report/report.h"

#include <stdlib.h>

#include "runtime/report/finding.h"

const char *
cd_verdict_name(enum cd_verdict verdict)
{
    switch (verdict) {
    case CD_PASS: return "pass";
    case CD_WAIVED: return "waived";
    case CD_UNKNOWN_VERDICT: return "unknown";
    case CD_FAIL: return "fail";
    }
    return "unknown";
}

bool
cd_verdict_of(struct cd_str name, enum cd_verdict *verdict)
{
    for (enum cd_verdict v = CD_PASS; v <= CD_FAIL; v++) {
        if (cd_str_eq(name, cd_str_of(cd_verdict_name(v)))) {
            *verdict = v;
            return true;
        }
    }
    return false;
}

static const char *const level_names[] = {
    [CD_LEVEL_INFO] = "info", [CD_LEVEL_LOW] = "low",           [CD_LEVEL_MEDIUM] = "medium",
    [CD_LEVEL_HIGH] = "high", [CD_LEVEL_CRITICAL] = "critical",
};

const char *
cd_level_name(uint32_t level)
{
    return level < CD_ARRAY_LEN(level_names) ? level_names[level] : "medium";
}

bool
cd_level_of(struct cd_str name, uint32_t *level)
{
    for (uint32_t i = 0; i < CD_ARRAY_LEN(level_names); i++) {
        if (cd_str_eq(name, cd_str_of(level_names[i]))) {
            *level = i;
            return true;
        }
    }
    return false;
}

/* Sort keys are gathered first, since qsort's comparison has no context argument. */
struct control_key {
    uint32_t control;
    enum cd_verdict verdict;
    uint32_t level;
    struct cd_str name;
};

static int
worst_first(const void *x, const void *y)
{
    const struct control_key *a = x, *b = y;
    if (a->verdict != b->verdict) {
        return a->verdict > b->verdict ? -1 : 1;
    }
    if (a->level != b->level) {
        return a->level > b->level ? -1 : 1;
    }
    return cd_str_cmp(a->name, b->name);
}

struct answer_key {
    const struct cd_answer *answer;
    uint32_t rank; /* of its control */
    struct cd_resource_name name;
};

static int
by_resource(const void *x, const void *y)
{
    const struct answer_key *a = x, *b = y;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    const struct cd_str pairs[][2] = {{a->name.type, b->name.type},
                                      {a->name.account, b->name.account},
                                      {a->name.region, b->name.region},
                                      {a->name.id, b->name.id},
                                      {a->name.partition, b->name.partition}};
    for (size_t i = 0; i < CD_ARRAY_LEN(pairs); i++) {
        int order = cd_str_cmp(pairs[i][0], pairs[i][1]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static bool
order_controls(const struct cd_report *r, struct cd_arena *arena, struct cd_report_order *order,
               uint32_t *rank)
{
    const struct cd_control_result *results = cd_eval_results(r->eval);
    size_t n = r->img->controls.n;
    struct control_key *keys = CD_NEW_ARRAY(arena, n, struct control_key);
    order->controls = CD_NEW_ARRAY(arena, n, uint32_t);
    if (keys == NULL || order->controls == NULL) {
        return false;
    }
    for (uint32_t c = 0; c < n; c++) {
        if (results[c].ran) {
            const struct cd_control *info = &r->img->controls.items[c];
            keys[order->n_controls++] = (struct control_key){c, results[c].verdict, info->level,
                                                             cd_image_str(r->img, info->name)};
        }
    }
    qsort(keys, order->n_controls, sizeof keys[0], worst_first);
    for (uint32_t i = 0; i < order->n_controls; i++) {
        order->controls[i] = keys[i].control;
        rank[keys[i].control] = i;
    }
    return true;
}

static struct answer_key
answer_key_of(const struct cd_report *r, const struct cd_answer *a, uint32_t rank)
{
    struct answer_key key = {.answer = a, .rank = rank};
    if (a->table != CD_NONE) {
        const struct cd_snapshot *s = r->snapshot;
        const struct cd_table *t = s->tables[a->table];
        key.name = cd_resource_name_of(s, t->type, cd_table_site(s, t, a->row), t->id[a->row]);
    }
    return key;
}

static bool
order_answers(const struct cd_report *r, struct cd_arena *arena, struct cd_report_order *order,
              const uint32_t *rank)
{
    size_t n = 0;
    const struct cd_answer *answers = cd_eval_answers(r->eval, &n);
    struct answer_key *keys = CD_NEW_ARRAY(arena, n, struct answer_key);
    order->answers = CD_NEW_ARRAY(arena, n, const struct cd_answer *);
    if (keys == NULL || order->answers == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        keys[i] = answer_key_of(r, &answers[i], rank[answers[i].control]);
    }
    qsort(keys, n, sizeof keys[0], by_resource);
    for (size_t i = 0; i < n; i++) {
        order->answers[i] = keys[i].answer;
    }
    order->n_answers = n;
    return true;
}

static cordon_status
render(const struct cd_report *r, const struct cd_report_order *order, struct cd_out *out,
       struct cordon_error *err)
{
    switch (r->format) {
    case CD_REPORT_TEXT: return cd_report_text(r, order, out, err);
    case CD_REPORT_JSON: return cd_report_json(r, order, out, err);
    case CD_REPORT_NDJSON: return cd_report_ndjson(r, order, out, err);
    }
    return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET, "unknown report format");
}

cordon_status
cd_report_write(const struct cd_report *r, struct cd_out *out, struct cordon_error *err)
{
    struct cd_arena arena;
    struct cd_report_order order = {.n_controls = 0};
    cordon_status status;
    cd_arena_init(&arena);
    uint32_t *rank = CD_NEW_ARRAY(&arena, r->img->controls.n, uint32_t);
    if (rank == NULL || !order_controls(r, &arena, &order, rank)
        || !order_answers(r, &arena, &order, rank)) {
        status = cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET,
                             "out of memory while ordering the findings");
    } else {
        status = render(r, &order, out, err);
    }
    cd_arena_finish(&arena);
    return status;
}
