/* The metadata of a control: its words, their values, and its title and text from the lines above
 * it. */
#include "compiler/ast/metadata.h"
#include "compiler/parse/lexer.h"
#include "compiler/sema/check.h"
#include "runtime/bc/program.h"

static const struct cd_str levels[] = {
    [CD_LEVEL_INFO] = CD_STR_INIT("info"),         [CD_LEVEL_LOW] = CD_STR_INIT("low"),
    [CD_LEVEL_MEDIUM] = CD_STR_INIT("medium"),     [CD_LEVEL_HIGH] = CD_STR_INIT("high"),
    [CD_LEVEL_CRITICAL] = CD_STR_INIT("critical"),
};

static void
bad_values(struct cd_sema *s, struct cd_span span, struct cd_str word, const char *expected,
           const char *help)
{
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_METADATA_VALUE, span, "`%.*s`: expected %s",
                                    CD_FMT(word), expected);
    cd_diag_help(s->diags, d, "%s", help);
}

/* A constant text, or empty after a diagnostic. */
static struct cd_str
text_value(struct cd_sema *s, struct cd_decl *d, struct cd_str word, struct cd_meta_value *v)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_LET, NULL);
    if (!cd_expect(&c, &v->text, cd_simple(&c, CD_TYPE_STRING), "metadata")) {
        return CD_STR("");
    }
    const struct cd_const *value = c.uses ? NULL : cd_const_eval(s->arena, v->text, NULL);
    if (!value || value->kind != CD_CONST_STRING) {
        bad_values(s, v->span, word, "a constant text",
                   "parameters and variables cannot stand in metadata");
        return CD_STR("");
    }
    return value->text;
}

static struct cd_str
one_text(struct cd_sema *s, struct cd_decl *d, const struct cd_meta *m, const char *example)
{
    if (m->n_values != 1 || !m->values[0].text) {
        bad_values(s, m->values[m->n_values > 1 ? 1 : 0].span, m->word.text, "one text in quotes",
                   example);
        return CD_STR("");
    }
    size_t errors = s->diags->n_errors;
    struct cd_str text = text_value(s, d, m->word.text, &m->values[0]);
    if (text.n == 0 && s->diags->n_errors == errors) {
        bad_values(s, m->values[0].span, m->word.text, "a text that is not empty", example);
    }
    return text;
}

static void
read_severity(struct cd_sema *s, struct cd_decl *d, const struct cd_meta *m)
{
    const struct cd_meta_value *v = &m->values[0];
    if (m->n_values != 1 || v->text || v->path.n != 1) {
        bad_values(s, v->span, m->word.text, "one of info, low, medium, high, critical",
                   "write severity high");
        return;
    }
    struct cd_nearest near;
    cd_nearest_init(&near, v->path.parts[0].text);
    for (uint32_t i = 0; i < CD_ARRAY_LEN(levels); i++) {
        if (cd_str_eq(levels[i], v->path.parts[0].text)) {
            d->severity = i;
            return;
        }
        cd_nearest_try(&near, levels[i]);
    }
    struct cd_diag *diag =
        cd_diag_add(s->diags, CD_DIAG_UNKNOWN_SEVERITY, v->span, "there is no severity `%.*s`",
                    CD_FMT(v->path.parts[0].text));
    if (near.best.n > 0) {
        cd_nearest_help(s->diags, diag, &near);
    } else {
        cd_diag_help(s->diags, diag, "severities are info, low, medium, high, critical");
    }
}

/* Each value is a text, or the path of a constant text of a framework's module. */
static void
read_mappings(struct cd_sema *s, struct cd_decl *d, const struct cd_meta *m)
{
    for (size_t i = 0; i < m->n_values; i++) {
        struct cd_meta_value *v = &m->values[i];
        if (v->text) {
            (void)text_value(s, d, m->word.text, v);
            continue;
        }
        v->decl = cd_resolve_path(s, d->module, &v->path, CD_DECL_LET, "constant");
        if (v->decl && v->decl->type && v->decl->type->kind != CD_TYPE_STRING
            && !cd_type_is_broken(v->decl->type)) {
            bad_values(s, v->span, m->word.text, "a constant text, or a text in quotes",
                       "entries of frameworks are texts: let art_44 = \"…\"");
        }
    }
}

static void
read_meta(struct cd_sema *s, struct cd_decl *d, const struct cd_meta *m, enum cd_metadata word)
{
    switch (word) {
    case CD_METADATA_ID: d->id = one_text(s, d, m, "write id \"RES-01\""); break;
    case CD_METADATA_SEVERITY: read_severity(s, d, m); break;
    case CD_METADATA_MAPS:
    case CD_METADATA_SUGGESTS: read_mappings(s, d, m); break;
    case CD_METADATA_REMEDY: d->remedy = one_text(s, d, m, "write remedy \"what to do\""); break;
    case CD_METADATA_OWNER: d->owner = one_text(s, d, m, "write owner \"team\""); break;
    case CD_METADATA_DETECT_ONLY:
        d->detect_only = one_text(s, d, m, "write detect_only \"why it cannot be prevented\"");
        d->detect_only_set = true;
        break;
    }
}

static bool
find_word(struct cd_sema *s, const struct cd_meta *m, enum cd_metadata *out)
{
    struct cd_nearest near;
    cd_nearest_init(&near, m->word.text);
    unsigned found = cd_metadata_find(m->word.text);
    if (found < CD_N_METADATA) {
        *out = (enum cd_metadata)found;
        return true;
    }
    for (size_t i = 0; i < CD_N_METADATA; i++) {
        cd_nearest_try(&near, cd_metadata_words[i]);
    }
    cd_keywords_try(&near);
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_UNKNOWN_METADATA, m->word.span,
                                    "there is no metadata `%.*s`", CD_FMT(m->word.text));
    if (near.best.n > 0) {
        cd_nearest_help(s->diags, d, &near);
    } else {
        cd_diag_help(s->diags, d,
                     "metadata is id, severity, maps, suggests, remedy, owner, detect_only");
    }
    return false;
}

/* ---- documentation ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static struct cd_str
trim(struct cd_str s)
{
    size_t from = 0, to = s.n;
    while (from < to && is_blank(s.p[from])) {
        from++;
    }
    while (to > from && is_blank(s.p[to - 1])) {
        to--;
    }
    return cd_str_sub(s, from, to);
}

/* Past the end of the first sentence: a full stop and a blank, or an empty line. */
static size_t
sentence_end(struct cd_str doc)
{
    for (size_t i = 0; i < doc.n; i++) {
        char c = doc.p[i];
        bool last = i + 1 == doc.n;
        if ((c == '.' || c == '!' || c == '?') && (last || is_blank(doc.p[i + 1]))) {
            return i + 1;
        }
        if (c == '\n' && !last && doc.p[i + 1] == '\n') {
            return i;
        }
    }
    return doc.n;
}

static void
read_doc(struct cd_sema *s, struct cd_decl *d)
{
    struct cd_str doc = trim(d->doc);
    size_t end = sentence_end(doc);
    struct cd_str title = cd_arena_str(s->arena, cd_str_sub(doc, 0, end));
    char *p = cd_arena_alloc(s->arena, title.n + 1);
    for (size_t i = 0; i < title.n; i++) {
        p[i] = is_blank(title.p[i]) ? ' ' : title.p[i];
    }
    d->title = (struct cd_str){p, title.n};
    d->text = trim(cd_str_sub(doc, end, doc.n));
}

void
cd_check_metadata(struct cd_sema *s, struct cd_decl *d)
{
    bool seen[CD_N_METADATA] = {false};
    d->severity = CD_LEVEL_MEDIUM;
    read_doc(s, d);
    for (size_t i = 0; i < d->n_metas; i++) {
        const struct cd_meta *m = &d->metas[i];
        enum cd_metadata word;
        if (m->n_values == 0 || !find_word(s, m, &word)) {
            continue;
        }
        if (seen[word]) {
            struct cd_diag *diag = cd_diag_add(s->diags, CD_DIAG_REPEATED_METADATA, m->word.span,
                                               "`%.*s` stands here twice", CD_FMT(m->word.text));
            cd_diag_help(s->diags, diag,
                         "several values are separated by commas where a word takes them");
            continue;
        }
        seen[word] = true;
        read_meta(s, d, m, word);
    }
}
