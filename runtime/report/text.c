/* The rendering for people: findings grouped by control, worst first, then a summary line a control
 * and what could not be read. */
#include <inttypes.h>

#include "runtime/report/baseline.h"
#include "runtime/report/finding.h"

struct colours {
    const char *fail, *unknown, *waived, *pass, *bold, *dim, *off;
};

static const struct colours plain = {"", "", "", "", "", "", ""};
static const struct colours ansi = {"\033[31m", "\033[33m", "\033[36m", "\033[32m",
                                    "\033[1m",  "\033[2m",  "\033[0m"};

static const char *
verdict_colour(const struct colours *c, enum cd_verdict verdict)
{
    switch (verdict) {
    case CD_FAIL: return c->fail;
    case CD_UNKNOWN_VERDICT: return c->unknown;
    case CD_WAIVED: return c->waived;
    case CD_PASS: return c->pass;
    }
    return "";
}

static const char *
verdict_word(enum cd_verdict verdict)
{
    switch (verdict) {
    case CD_FAIL: return "FAIL";
    case CD_UNKNOWN_VERDICT: return "UNKNOWN";
    case CD_WAIVED: return "WAIVED";
    case CD_PASS: return "PASS";
    }
    return "";
}

static void
put_heading(const struct cd_report *r, uint32_t control, const struct colours *c,
            struct cd_out *out)
{
    const struct cd_control *info = &r->img->controls.items[control];
    cd_out_printf(out, "%s%s  ", c->bold, cd_level_name(info->level));
    cd_out_str(out, cd_image_str(r->img, info->id == CD_NONE ? info->name : info->id));
    struct cd_str title = cd_image_str(r->img, info->title);
    if (title.n != 0) {
        cd_out_puts(out, "  ");
        cd_report_clean(out, title);
    }
    cd_out_printf(out, "%s\n", c->off);
    if (info->id != CD_NONE) {
        cd_out_printf(out, "  %s", c->dim);
        cd_out_str(out, cd_image_str(r->img, info->name));
        cd_out_printf(out, "%s\n", c->off);
    }
}

static void
put_resource(enum cd_verdict verdict, const struct cd_resource_name *name, const struct colours *c,
             struct cd_out *out)
{
    cd_out_printf(out, "  %s%s%s  ", verdict_colour(c, verdict), verdict_word(verdict), c->off);
    if (name == NULL) {
        cd_out_puts(out, "the snapshot as a whole");
        return;
    }
    cd_report_clean(out, name->type);
    cd_out_puts(out, " ");
    cd_report_clean(out, name->id);
    cd_out_puts(out, "  ");
    cd_report_clean(out, name->account);
    if (name->region.n != 0) {
        cd_out_puts(out, " ");
        cd_report_clean(out, name->region);
    }
}

/* What has become of it since the baseline. */
static void
put_change(const struct cd_change *change, enum cd_verdict verdict, struct cd_out *out)
{
    if (change == NULL) {
        return;
    }
    cd_out_printf(out, "  (%s", cd_change_name(change->kind));
    if (change->before != NULL && change->before->verdict != verdict) {
        cd_out_printf(out, ", was %s", verdict_word(change->before->verdict));
    }
    cd_out_puts(out, ")");
}

static void
put_evidence(const struct cd_evidence *e, const struct colours *c, struct cd_out *out)
{
    if (e->path.n != 0) {
        cd_out_puts(out, "      ");
        cd_report_clean(out, e->path);
        if (e->value.n != 0) {
            cd_out_puts(out, " = ");
            cd_report_clean(out, e->value);
        }
        cd_out_puts(out, "\n");
    }
    if (e->why.n != 0) {
        cd_out_printf(out, "        %s", c->dim);
        cd_report_clean(out, e->why);
        cd_out_printf(out, "%s\n", c->off);
    }
}

static void
put_finding(const struct cd_finding *f, const struct cd_change *change, const struct colours *c,
            struct cd_out *out)
{
    put_resource(f->verdict, f->has_resource ? &f->resource : NULL, c, out);
    put_change(change, f->verdict, out);
    cd_out_puts(out, "\n");
    if (f->message.n != 0) {
        cd_out_puts(out, "    ");
        cd_report_clean(out, f->message);
        cd_out_puts(out, "\n");
    }
    if (f->verdict == CD_WAIVED) {
        cd_out_puts(out, "    waived: ");
        cd_report_clean(out, f->waiver);
        cd_out_puts(out, "\n");
    }
    for (size_t i = 0; i < f->n_evidence; i++) {
        put_evidence(&f->evidence[i], c, out);
    }
    cd_out_printf(out, "    %s", c->dim);
    cd_report_clean(out, f->file);
    cd_out_printf(out, ":%u:%u%s\n", f->line, f->column, c->off);
}

static void
put_remedy(const struct cd_report *r, uint32_t control, struct cd_out *out)
{
    struct cd_str remedy = cd_image_str(r->img, r->img->controls.items[control].remedy);
    if (remedy.n != 0) {
        cd_out_puts(out, "  remedy: ");
        cd_report_clean(out, remedy);
        cd_out_puts(out, "\n");
    }
}

/* Beside a baseline, what is as it was is only counted. */
static bool
is_shown(const struct cd_report *r, const struct cd_answer *a)
{
    const struct cd_change *change = cd_change_of(r, a);
    return change == NULL || change->kind != CD_CHANGE_UNCHANGED;
}

static void
end_group(const struct cd_report *r, uint32_t group, struct cd_out *out)
{
    if (group != CD_NONE) {
        put_remedy(r, group, out);
        cd_out_puts(out, "\n");
    }
}

static cordon_status
put_findings(const struct cd_report *r, const struct cd_report_order *order,
             const struct colours *c, struct cd_out *out, struct cordon_error *err)
{
    struct cd_arena arena;
    cordon_status status = CORDON_OK;
    uint32_t group = CD_NONE;
    uint64_t shown = 0;
    cd_arena_init(&arena);
    for (size_t i = 0; i < order->n_answers && shown < r->max_findings && out->failed == 0; i++) {
        const struct cd_answer *a = order->answers[i];
        struct cd_arena_mark mark = cd_arena_mark(&arena);
        struct cd_finding f;
        if (!is_shown(r, a)) {
            continue;
        }
        if (a->control != group) {
            end_group(r, group, out);
            put_heading(r, a->control, c, out);
            group = a->control;
        }
        status = cd_finding_make(r, a, &arena, &f, err);
        if (status != CORDON_OK) {
            break;
        }
        put_finding(&f, cd_change_of(r, a), c, out);
        shown++;
        cd_arena_reset(&arena, mark);
    }
    end_group(r, group, out);
    cd_arena_finish(&arena);
    return status;
}

/* ---- beside a baseline ---- */

static void
put_settled(const char *heading, const struct cd_settled *list, size_t n, const struct colours *c,
            struct cd_out *out)
{
    if (n > 0) {
        cd_out_printf(out, "%s%s%s\n", c->bold, heading, c->off);
    }
    for (size_t i = 0; i < n; i++) {
        const struct cd_baseline_finding *f = list[i].before;
        put_resource(f->verdict, f->has_resource ? &f->resource : NULL, c, out);
        cd_out_printf(out, "\n    %s", c->dim);
        cd_report_clean(out, f->id);
        cd_out_printf(out, ": %s%s\n", cd_settled_reason(list[i].why), c->off);
    }
    if (n > 0) {
        cd_out_puts(out, "\n");
    }
}

static void
put_comparison(const struct cd_report *r, const struct colours *c, struct cd_out *out)
{
    const struct cd_comparison *cmp = r->comparison;
    put_settled("fixed", cmp->fixed, cmp->n_fixed, c, out);
    put_settled("not compared", cmp->not_compared, cmp->n_not_compared, c, out);
    cd_out_puts(out, "Since ");
    cd_report_clean(out, cmp->baseline->name);
    cd_out_printf(out, ": %" PRIu64 " new, %" PRIu64 " changed, %zu fixed, %" PRIu64 " unchanged",
                  cmp->n_new, cmp->n_changed, cmp->n_fixed, cmp->n_unchanged);
    if (cmp->n_not_compared > 0) {
        cd_out_printf(out, ", %zu not compared", cmp->n_not_compared);
    }
    cd_out_puts(out, "\n");
    for (size_t i = 0; i < cmp->n_added; i++) {
        const struct cd_control *control = &r->img->controls.items[cmp->added[i]];
        cd_out_puts(out, i == 0 ? "Controls that did not run then: " : ", ");
        cd_out_str(out, cd_control_id(r->img, control));
    }
    cd_out_puts(out, cmp->n_added > 0 ? "\n\n" : "\n");
}

/* ---- the summary ---- */

static void
put_count(struct cd_out *out, uint64_t n, const char *what, bool *first)
{
    if (n != 0) {
        cd_out_printf(out, "%s%" PRIu64 " %s", *first ? "" : ", ", n, what);
        *first = false;
    }
}

static void
put_summary(const struct cd_report *r, uint32_t control, const struct colours *c,
            struct cd_out *out)
{
    const struct cd_control *info = &r->img->controls.items[control];
    const struct cd_control_result *res = &cd_eval_results(r->eval)[control];
    struct cd_str id = cd_image_str(r->img, info->id == CD_NONE ? info->name : info->id);
    bool first = true;
    cd_out_printf(out, "%s%-7s%s  %-8s  %-24.*s  ", verdict_colour(c, res->verdict),
                  verdict_word(res->verdict), c->off, cd_level_name(info->level), CD_FMT(id));
    put_count(out, res->fail, "fail", &first);
    put_count(out, res->unknown, "unknown", &first);
    put_count(out, res->waived, "waived", &first);
    put_count(out, res->pass, "pass", &first);
    if (first) {
        cd_out_puts(out, "0 resources");
    }
    if (res->empty_unknown != CD_NONE) {
        cd_out_puts(out, " (nothing in scope, but there may be more of ");
        cd_out_str(out, cd_image_str(r->img, res->empty_unknown));
        cd_out_puts(out, " than was collected)");
    } else if (!res->complete) {
        cd_out_puts(out, res->verdict == CD_PASS ? " (pass of what was collected)"
                                                 : " (of what was collected)");
    }
    cd_out_puts(out, "\n");
}

static void
put_sources(const struct cd_report *r, struct cd_out *out)
{
    cd_out_puts(out, "\n");
    for (size_t i = 0; i < r->snapshot->n_sources; i++) {
        const struct cd_source_info *s = &r->snapshot->sources[i];
        cd_report_clean(out, s->file);
        cd_out_printf(out, ": %" PRIu64 " items: %" PRIu64 " resources", s->items, s->resources);
        if (s->derived != 0) {
            cd_out_printf(out, " (and %" PRIu64 " embedded in them)", s->derived);
        }
        cd_out_printf(out, ", %" PRIu64 " deleted, %" PRIu64 " problems\n", s->deleted,
                      s->problems);
    }
    cd_report_problems(r->snapshot, "problem: ", " at byte ", out);
}

cordon_status
cd_report_text(const struct cd_report *r, const struct cd_report_order *order, struct cd_out *out,
               struct cordon_error *err)
{
    const struct colours *c = r->colour ? &ansi : &plain;
    CORDON_TRY(put_findings(r, order, c, out, err));
    uint64_t n =
        r->comparison == NULL ? order->n_answers : r->comparison->n_new + r->comparison->n_changed;
    if (n > r->max_findings) {
        cd_out_printf(out, "… %" PRIu64 " findings in all, %" PRIu64 " shown\n\n", n,
                      r->max_findings);
    }
    if (r->comparison != NULL) {
        put_comparison(r, c, out);
    }
    for (size_t i = 0; i < order->n_controls; i++) {
        put_summary(r, order->controls[i], c, out);
    }
    put_sources(r, out);
    return CORDON_OK;
}
