/* Findings: identity, explanation and JSON form, shared by the renderings. */
#include "runtime/report/finding.h"

#include "runtime/base/num.h"
#include "runtime/report/baseline.h"

static struct cd_str
dict_str(const struct cd_snapshot *s, uint32_t id)
{
    return id == CD_NO_STR ? (struct cd_str){"", 0} : cd_intern_str(&s->dict, id);
}

struct cd_resource_name
cd_resource_name_of(const struct cd_snapshot *s, uint32_t type, const struct cd_site *site,
                    uint32_t id)
{
    return (struct cd_resource_name){.type = dict_str(s, type),
                                     .id = dict_str(s, id),
                                     .arn = {"", 0},
                                     .partition = dict_str(s, site->partition),
                                     .region = dict_str(s, site->region),
                                     .account = dict_str(s, site->account)};
}

static void
resource_of(const struct cd_report *r, const struct cd_answer *a, struct cd_finding *f)
{
    if (a->table == CD_NONE) {
        return;
    }
    const struct cd_table *t = r->snapshot->tables[a->table];
    f->has_resource = true;
    f->resource = cd_resource_name_of(r->snapshot, t->type, cd_table_site(r->snapshot, t, a->row),
                                      t->id[a->row]);
}

struct cd_str
cd_control_id(const struct cd_image *img, const struct cd_control *c)
{
    return cd_image_str(img, c->id == CD_NONE ? c->name : c->id);
}

void
cd_report_fingerprint(const struct cd_report *r, const struct cd_answer *a, char id[17])
{
    struct cd_finding f = {.has_resource = false};
    struct cd_buf key = CD_BUF_INIT;
    resource_of(r, a, &f);
    const struct cd_str parts[] = {cd_control_id(r->img, &r->img->controls.items[a->control]),
                                   f.resource.type,
                                   f.resource.partition,
                                   f.resource.account,
                                   f.resource.region,
                                   f.resource.id};
    for (size_t i = 0; i < CD_ARRAY_LEN(parts); i++) {
        if (parts[i].n != 0) {
            cd_buf_str(&key, parts[i]);
        }
        cd_buf_putc(&key, '\0');
    }
    (void)cd_format_hex(key.oom ? 0 : cd_str_hash(cd_buf_view(&key)), id);
    cd_buf_finish(&key);
}

/* False: out of memory. */
static bool
arn_of(const struct cd_report *r, const struct cd_answer *a, struct cd_arena *arena,
       struct cd_str *arn)
{
    *arn = (struct cd_str){"", 0};
    if (a->table == CD_NONE) {
        return true;
    }
    struct cd_buf scratch = CD_BUF_INIT;
    *arn = cd_arena_str(arena,
                        cd_table_arn(r->snapshot, r->snapshot->tables[a->table], a->row, &scratch));
    bool ok = !scratch.oom && arn->p != NULL;
    cd_buf_finish(&scratch);
    return ok;
}

cordon_status
cd_finding_make(const struct cd_report *r, const struct cd_answer *a, struct cd_arena *arena,
                struct cd_finding *out, struct cordon_error *err)
{
    struct cd_explanation why = {.place = CD_NONE};
    *out =
        (struct cd_finding){.control = &r->img->controls.items[a->control], .verdict = a->verdict};
    resource_of(r, a, out);
    if (!arn_of(r, a, arena, &out->resource.arn)) {
        return CORDON_ENOMEM;
    }
    cd_report_fingerprint(r, a, out->fingerprint);
    CORDON_TRY(cd_eval_explain(r->eval, a, arena, &why, err));
    out->message = why.message;
    out->evidence = why.evidence;
    out->n_evidence = why.n_evidence;
    if (a->verdict == CD_WAIVED && a->waive != CD_NONE) {
        out->waiver = cd_image_str(r->img, r->img->waives.items[a->waive].because);
    }
    uint32_t place = why.place == CD_NONE ? out->control->place : why.place;
    const struct cd_place *p = &r->img->places.items[place];
    out->file = cd_image_str(r->img, r->img->files.items[p->file]);
    out->line = p->line;
    out->column = p->column;
    return CORDON_OK;
}

static void
member(struct cd_buf *b, const char *name, struct cd_str value)
{
    cd_buf_putc(b, '"');
    cd_buf_puts(b, name);
    cd_buf_puts(b, "\":");
    cd_buf_json_str(b, value);
}

static void
member_or_null(struct cd_buf *b, const char *name, struct cd_str value)
{
    if (value.n == 0) {
        cd_buf_putc(b, '"');
        cd_buf_puts(b, name);
        cd_buf_puts(b, "\":null");
    } else {
        member(b, name, value);
    }
}

static void
resource_json(bool has_resource, const struct cd_resource_name *name, struct cd_buf *b)
{
    if (!has_resource) {
        cd_buf_puts(b, ",\"resource\":null");
        return;
    }
    cd_buf_puts(b, ",\"resource\":{");
    member(b, "type", name->type);
    cd_buf_putc(b, ',');
    member(b, "id", name->id);
    cd_buf_putc(b, ',');
    member_or_null(b, "arn", name->arn);
    cd_buf_putc(b, ',');
    member(b, "partition", name->partition);
    cd_buf_putc(b, ',');
    member_or_null(b, "region", name->region);
    cd_buf_putc(b, ',');
    member_or_null(b, "account", name->account);
    cd_buf_putc(b, '}');
}

static void
evidence_json(const struct cd_evidence *e, struct cd_buf *b)
{
    cd_buf_putc(b, '{');
    member(b, "path", e->path);
    cd_buf_puts(b, ",\"value\":");
    if (e->value.n == 0) {
        cd_buf_puts(b, "null");
    } else {
        cd_buf_str(b, e->value);
    }
    cd_buf_putc(b, ',');
    member(b, "why", e->why);
    cd_buf_putc(b, '}');
}

/* What identifies a finding, the same for those that are and those that were. */
static void
identity_json(struct cd_str fingerprint, struct cd_str control, struct cd_str id, uint32_t level,
              enum cd_verdict verdict, struct cd_buf *b)
{
    cd_buf_putc(b, '{');
    member(b, "fingerprint", fingerprint);
    cd_buf_putc(b, ',');
    member(b, "control", control);
    cd_buf_putc(b, ',');
    member(b, "id", id);
    cd_buf_putc(b, ',');
    member(b, "severity", cd_str_of(cd_level_name(level)));
    cd_buf_putc(b, ',');
    member(b, "verdict", cd_str_of(cd_verdict_name(verdict)));
}

static void
change_json(const struct cd_change *change, struct cd_buf *b)
{
    cd_buf_putc(b, ',');
    member(b, "state", cd_str_of(cd_change_name(change->kind)));
    if (change->kind == CD_CHANGE_CHANGED) {
        cd_buf_putc(b, ',');
        member(b, "was", cd_str_of(cd_verdict_name(change->before->verdict)));
    }
}

void
cd_settled_json(const struct cd_settled *s, struct cd_buf *b)
{
    const struct cd_baseline_finding *f = s->before;
    bool is_open = s->why == CD_SETTLED_NOT_RUN || s->why == CD_SETTLED_NOT_COLLECTED;
    char fingerprint[17];
    identity_json(cd_format_hex(f->fingerprint, fingerprint), f->control, f->id, f->level,
                  f->verdict, b);
    cd_buf_puts(b, is_open ? ",\"state\":\"not_compared\"" : ",\"state\":\"fixed\"");
    resource_json(f->has_resource, &f->resource, b);
    cd_buf_putc(b, ',');
    member(b, "message", f->message);
    cd_buf_putc(b, ',');
    member(b, "why", cd_str_of(cd_settled_reason(s->why)));
    cd_buf_putc(b, '}');
}

void
cd_finding_json(const struct cd_report *r, const struct cd_finding *f,
                const struct cd_change *change, struct cd_buf *b)
{
    identity_json(cd_str_of(f->fingerprint), cd_image_str(r->img, f->control->name),
                  cd_control_id(r->img, f->control), f->control->level, f->verdict, b);
    if (change != NULL) {
        change_json(change, b);
    }
    resource_json(f->has_resource, &f->resource, b);
    cd_buf_putc(b, ',');
    member(b, "message", f->message);
    cd_buf_puts(b, ",\"evidence\":[");
    for (size_t i = 0; i < f->n_evidence; i++) {
        if (i != 0) {
            cd_buf_putc(b, ',');
        }
        evidence_json(&f->evidence[i], b);
    }
    cd_buf_puts(b, "],\"source\":{");
    member(b, "file", f->file);
    cd_buf_puts(b, ",\"line\":");
    cd_buf_uint(b, f->line);
    cd_buf_puts(b, ",\"column\":");
    cd_buf_uint(b, f->column);
    cd_buf_putc(b, '}');
    if (f->verdict == CD_WAIVED) {
        cd_buf_putc(b, ',');
        member(b, "waiver", f->waiver);
    }
    cd_buf_putc(b, '}');
}
