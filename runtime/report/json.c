/* The machine-readable renderings: one JSON document, or NDJSON with a finding a line. */
#include <inttypes.h>

#include "cordon/version.h"
#include "runtime/base/num.h"
#include "runtime/report/baseline.h"
#include "runtime/report/finding.h"
#include "runtime/report/value.h"

void
cd_time_json(int64_t ms, struct cd_buf *b)
{
    char text[32];
    if (ms == INT64_MIN) {
        cd_buf_puts(b, "null");
    } else {
        cd_buf_json_str(b, cd_format_time(ms, text));
    }
}

void
cd_source_json(const struct cd_source_info *s, struct cd_buf *b)
{
    cd_buf_puts(b, "{\"file\":");
    cd_buf_json_str(b, s->file);
    cd_buf_puts(b, ",\"format\":");
    cd_buf_json_str(b, s->format);
    cd_buf_printf(b,
                  ",\"items\":%" PRIu64 ",\"resources\":%" PRIu64 ",\"derived\":%" PRIu64
                  ",\"deleted\":%" PRIu64 ",\"problems\":%" PRIu64 ",\"captured\":",
                  s->items, s->resources, s->derived, s->deleted, s->problems);
    cd_time_json(s->captured, b);
    cd_buf_putc(b, '}');
}

static void
put_parameters(const struct cd_report *r, struct cd_buf *b)
{
    cd_buf_puts(b, "\"parameters\":{");
    for (uint32_t i = 0, n = 0; i < r->img->params.n; i++) {
        const struct cd_param *p = &r->img->params.items[i];
        const struct cd_image *from = r->img;
        uint32_t value = p->default_const;
        if (r->params != NULL && r->params->values[i] != CD_NONE) {
            from = &r->params->consts;
            value = r->params->values[i];
        }
        if (value == CD_NONE) {
            continue; /* nobody set it, and nothing that ran reads it */
        }
        if (n++ != 0) {
            cd_buf_putc(b, ',');
        }
        cd_buf_json_str(b, cd_image_str(r->img, p->name));
        cd_buf_putc(b, ':');
        cd_value_json(from, value, b);
    }
    cd_buf_putc(b, '}');
}

static void
put_snapshots(const struct cd_report *r, struct cd_buf *b)
{
    cd_buf_puts(b, "\"snapshots\":[");
    for (size_t i = 0; i < r->snapshot->n_sources; i++) {
        cd_buf_puts(b, i == 0 ? "" : ",");
        cd_source_json(&r->snapshot->sources[i], b);
    }
    cd_buf_putc(b, ']');
}

static void
put_control(const struct cd_report *r, uint32_t control, struct cd_buf *b)
{
    const struct cd_control *c = &r->img->controls.items[control];
    const struct cd_control_result *res = &cd_eval_results(r->eval)[control];
    cd_buf_puts(b, "{\"name\":");
    cd_buf_json_str(b, cd_image_str(r->img, c->name));
    cd_buf_puts(b, ",\"id\":");
    cd_buf_json_str(b, cd_image_str(r->img, c->id == CD_NONE ? c->name : c->id));
    cd_buf_puts(b, ",\"title\":");
    cd_buf_json_str(b, cd_image_str(r->img, c->title));
    cd_buf_printf(b,
                  ",\"severity\":\"%s\",\"verdict\":\"%s\",\"pass\":%" PRIu64 ",\"fail\":%" PRIu64
                  ",\"unknown\":%" PRIu64 ",\"waived\":%" PRIu64 ",\"complete\":%s}",
                  cd_level_name(c->level), cd_verdict_name(res->verdict), res->pass, res->fail,
                  res->unknown, res->waived, res->complete ? "true" : "false");
}

/* What the report says of the baseline as a whole. */
static void
put_baseline(const struct cd_report *r, struct cd_buf *b)
{
    const struct cd_comparison *c = r->comparison;
    cd_buf_puts(b, "\"baseline\":{\"file\":");
    cd_buf_json_str(b, c->baseline->name);
    cd_buf_printf(b,
                  ",\"new\":%" PRIu64 ",\"changed\":%" PRIu64 ",\"unchanged\":%" PRIu64
                  ",\"fixed\":%zu,\"not_compared\":%zu,\"controls_added\":[",
                  c->n_new, c->n_changed, c->n_unchanged, c->n_fixed, c->n_not_compared);
    for (size_t i = 0; i < c->n_added; i++) {
        cd_buf_puts(b, i == 0 ? "" : ",");
        cd_buf_json_str(b, cd_control_id(r->img, &r->img->controls.items[c->added[i]]));
    }
    cd_buf_puts(b, "]},\n");
}

static void
put_settled_list(const char *name, const struct cd_settled *list, size_t n, struct cd_buf *b)
{
    cd_buf_printf(b, "\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        cd_buf_puts(b, i == 0 ? "\n" : ",\n");
        cd_settled_json(&list[i], b);
    }
    cd_buf_puts(b, "],\n");
}

static void
put_head(const struct cd_report *r, const struct cd_report_order *order, struct cd_buf *b)
{
    char hash[17];
    cd_buf_printf(b, "{\"schema\":1,\"cordon\":{\"version\":\"%s\",\"program\":\"%s\"},\n",
                  CORDON_VERSION, cd_format_hex(r->img->hash, hash).p);
    put_parameters(r, b);
    cd_buf_puts(b, ",\n");
    put_snapshots(r, b);
    cd_buf_puts(b, ",\n");
    if (r->comparison != NULL) {
        put_baseline(r, b);
    }
    cd_buf_puts(b, "\"controls\":[");
    for (size_t i = 0; i < order->n_controls; i++) {
        cd_buf_puts(b, i == 0 ? "\n" : ",\n");
        put_control(r, order->controls[i], b);
    }
    cd_buf_puts(b, "],\n\"findings\":[");
}

static void
put_problems(const struct cd_report *r, struct cd_buf *b)
{
    cd_buf_puts(b, "\"problems\":[");
    for (size_t i = 0; i < r->snapshot->n_problems; i++) {
        const struct cd_problem *p = &r->snapshot->problems[i];
        cd_buf_puts(b, i == 0 ? "\n{\"file\":" : ",\n{\"file\":");
        cd_buf_json_str(b, p->file);
        if (p->offset == CORDON_NO_OFFSET) {
            cd_buf_puts(b, ",\"offset\":null");
        } else {
            cd_buf_printf(b, ",\"offset\":%" PRIu64, p->offset);
        }
        cd_buf_puts(b, ",\"message\":");
        cd_buf_json_str(b, p->message);
        cd_buf_putc(b, '}');
    }
    cd_buf_putc(b, ']');
}

/* Streams the findings, each after SEPARATOR but the first, which comes after FIRST. */
static cordon_status
put_findings(const struct cd_report *r, const struct cd_report_order *order, const char *first,
             const char *separator, const char *end, struct cd_out *out, struct cordon_error *err)
{
    struct cd_arena arena;
    struct cd_buf b = CD_BUF_INIT;
    cordon_status status = CORDON_OK;
    cd_arena_init(&arena);
    for (size_t i = 0; i < order->n_answers && i < r->max_findings && out->failed == 0; i++) {
        struct cd_arena_mark mark = cd_arena_mark(&arena);
        struct cd_finding f;
        status = cd_finding_make(r, order->answers[i], &arena, &f, err);
        if (status != CORDON_OK) {
            break;
        }
        cd_buf_puts(&b, i == 0 ? first : separator);
        cd_finding_json(r, &f, cd_change_of(r, order->answers[i]), &b);
        cd_buf_puts(&b, end);
        if (b.oom) {
            status = cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET,
                                 "out of memory while writing a finding");
            break;
        }
        cd_out_buf(out, &b);
        cd_arena_reset(&arena, mark);
    }
    cd_buf_finish(&b);
    cd_arena_finish(&arena);
    return status;
}

static cordon_status
flush(struct cd_buf *b, struct cd_out *out, struct cordon_error *err)
{
    bool oom = b->oom;
    if (!oom) {
        cd_out_buf(out, b);
    }
    cd_buf_finish(b);
    return oom ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET,
                             "out of memory while writing the report")
               : CORDON_OK;
}

cordon_status
cd_report_json(const struct cd_report *r, const struct cd_report_order *order, struct cd_out *out,
               struct cordon_error *err)
{
    const struct cd_comparison *c = r->comparison;
    struct cd_buf head = CD_BUF_INIT, tail = CD_BUF_INIT;
    put_head(r, order, &head);
    CORDON_TRY(flush(&head, out, err));
    CORDON_TRY(put_findings(r, order, "\n", ",\n", "", out, err));
    cd_buf_puts(&tail, "],\n");
    if (order->n_answers > r->max_findings) {
        cd_buf_printf(&tail, "\"findings_shown\":%" PRIu64 ",\"findings_total\":%zu,\n",
                      r->max_findings, order->n_answers);
    }
    if (c != NULL) {
        put_settled_list("fixed", c->fixed, c->n_fixed, &tail);
        put_settled_list("not_compared", c->not_compared, c->n_not_compared, &tail);
    }
    put_problems(r, &tail);
    cd_buf_puts(&tail, "}\n");
    return flush(&tail, out, err);
}

cordon_status
cd_report_ndjson(const struct cd_report *r, const struct cd_report_order *order, struct cd_out *out,
                 struct cordon_error *err)
{
    const struct cd_comparison *c = r->comparison;
    struct cd_buf b = CD_BUF_INIT;
    CORDON_TRY(put_findings(r, order, "", "", "\n", out, err));
    for (size_t i = 0; c != NULL && i < c->n_fixed; i++) {
        cd_settled_json(&c->fixed[i], &b);
        cd_buf_putc(&b, '\n');
    }
    for (size_t i = 0; c != NULL && i < c->n_not_compared; i++) {
        cd_settled_json(&c->not_compared[i], &b);
        cd_buf_putc(&b, '\n');
    }
    return flush(&b, out, err);
}
