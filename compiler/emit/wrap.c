/* What the wrappings have in common. */
#include "compiler/emit/wrap.h"

#define DESCRIPTION_LIMIT 480 /* of 512 that AWS Organizations takes */
/* Of a template (CloudFormation quotas): 1 MB from S3. */
#define TEMPLATE_LIMIT 1000000
#define RESOURCES_LIMIT 500

static const struct {
    struct cd_str name, short_name, suffix;
    void (*write)(const struct cd_wrapping *w, struct cd_buf *out);
} formats[CD_N_FORMATS] = {
    [CD_FORMAT_JSON] = {CD_STR_INIT("json"), CD_STR_INIT("json"), CD_STR_INIT(""), NULL},
    [CD_FORMAT_TERRAFORM] = {CD_STR_INIT("terraform"), CD_STR_INIT("tf"), CD_STR_INIT(".tf.json"),
                             cd_wrap_terraform},
    [CD_FORMAT_CLOUDFORMATION] = {CD_STR_INIT("cloudformation"), CD_STR_INIT("cfn"),
                                  CD_STR_INIT(".template.json"), cd_wrap_cloudformation},
};

struct cd_str
cd_format_name(enum cd_format format)
{
    return formats[format].name;
}

bool
cd_format_find(struct cd_str name, enum cd_format *out)
{
    for (int f = 0; f < CD_N_FORMATS; f++) {
        if (cd_str_eq(name, formats[f].name) || cd_str_eq(name, formats[f].short_name)) {
            *out = (enum cd_format)f;
            return true;
        }
    }
    return false;
}

struct cd_str
cd_wrap_stem(const struct cd_emitted_document *d)
{
    return cd_str_sub(d->file, 0, d->file.n - (sizeof ".json" - 1));
}

/* Adds the name behind the others; false if it would be too long, and says so. */
static bool
add_name(struct cd_buf *text, bool first, struct cd_str name)
{
    bool fits = text->n + name.n + sizeof ", , and others" <= DESCRIPTION_LIMIT;
    cd_buf_puts(text, first ? "" : ", ");
    cd_buf_str(text, fits ? name : CD_STR("and others"));
    return fits;
}

struct cd_str
cd_wrap_description(const struct cd_wrapping *w, const struct cd_emitted_document *d)
{
    struct cd_buf text = CD_BUF_INIT;
    const struct cd_decl *last = NULL;
    bool fits = true;
    cd_buf_puts(&text, "Emitted by Cordon for the controls ");
    for (size_t i = 0; i < d->n_statements; i++) {
        const struct cd_statement *s = &d->statements[i];
        for (size_t k = 0; k == 0 || k < s->n_sources; k++) {
            const struct cd_decl *control = s->n_sources == 0 ? s->control : s->sources[k].control;
            if (control != last && fits) {
                fits = add_name(&text, last == NULL, cd_sema_full_name(control, w->arena));
            }
            last = control;
        }
    }
    struct cd_str out = text.oom ? CD_STR("") : cd_arena_str(w->arena, cd_buf_view(&text));
    cd_buf_finish(&text);
    return out;
}

/* CloudFormation would put something else in the place of «{{resolve:ssm:…}}», everywhere in a
 * template. */
static cordon_status
check_references(const struct cd_wrapping *w, struct cordon_error *err)
{
    for (size_t i = 0; i < w->documents->n; i++) {
        struct cd_str bytes = w->documents->items[i].bytes;
        for (size_t k = 0; k < bytes.n; k++) {
            if (cd_str_starts(cd_str_sub(bytes, k, bytes.n), CD_STR("{{resolve:"))) {
                return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                                   "%.*s has the text «{{resolve:», which CloudFormation replaces "
                                   "wherever it stands in a template: take another format",
                                   CD_FMT(w->documents->items[i].file));
            }
        }
    }
    return CORDON_OK;
}

static cordon_status
check_template(const struct cd_wrapping *w, size_t n_bytes, struct cordon_error *err)
{
    if (w->format != CD_FORMAT_CLOUDFORMATION
        || (n_bytes <= TEMPLATE_LIMIT && w->documents->n <= RESOURCES_LIMIT)) {
        return CORDON_OK;
    }
    return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                       "the template has %zu resources and %zu bytes, but CloudFormation takes "
                       "%d and %d: emit in several calls, or in another format",
                       w->documents->n, n_bytes, RESOURCES_LIMIT, TEMPLATE_LIMIT);
}

cordon_status
cd_wrap(const struct cd_wrapping *w, struct cd_wrapped *out, struct cordon_error *err)
{
    struct cd_buf bytes = CD_BUF_INIT;
    out->format = w->format;
    if (w->format == CD_FORMAT_CLOUDFORMATION) {
        CORDON_TRY(check_references(w, err));
    }
    formats[w->format].write(w, &bytes);
    if (bytes.oom) {
        cd_buf_finish(&bytes);
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    out->bytes = cd_arena_str(w->arena, cd_buf_view(&bytes));
    cd_buf_finish(&bytes);
    out->file = cd_arena_printf(w->arena, "%.*s%.*s", CD_FMT(cd_target_info[w->target].file),
                                CD_FMT(formats[w->format].suffix));
    return check_template(w, out->bytes.n, err);
}
