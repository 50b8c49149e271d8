/* Rules of make. Its syntax has no quotes, only backslashes before some characters, and each only
 * in some places; what it has no way to write is refused. */
#include "compiler/cli/depfile.h"

#include <string.h>

#include "runtime/driver/exit.h"

/* `a=b: c` would set a variable. */
#define EQUALS "cordon.equals"

static bool
has(struct cd_str path, char c)
{
    return cd_str_find(path, c, 0) < path.n;
}

/* What in PATH make cannot read, NULL if there is nothing. */
static const char *
unreadable(struct cd_str path)
{
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c < ' ' || c == 0x7f) {
            return "a control character";
        }
    }
    char last = path.n > 0 ? path.p[path.n - 1] : '\0';
    return has(path, ';')                     ? "a semicolon"
           : has(path, '|')                   ? "a vertical bar"
           : cd_str_starts(path, CD_STR("~")) ? "a tilde at its beginning"
           : last == '\\'                     ? "a backslash at its end"
           : last == '&'                      ? "an ampersand at its end"
           : last == ')' && has(path, '(')    ? "parentheses at its end"
                                              : NULL;
}

static bool
is_special(char c, bool is_target)
{
    return c == ' ' || c == '#' || c == ':' || c == '*' || c == '?' || c == '['
           || (c == '%' && is_target);
}

static void
put_path(struct cd_buf *out, struct cd_str path, bool is_target)
{
    size_t backslashes = 0; /* directly before */
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (is_special(c, is_target)) {
            for (size_t k = 0; k <= backslashes; k++) {
                cd_buf_putc(out, '\\');
            }
        }
        if (c == '$') {
            cd_buf_puts(out, "$$");
        } else if (c == '=') {
            cd_buf_puts(out, "$(" EQUALS ")");
        } else {
            cd_buf_putc(out, c);
        }
        backslashes = c == '\\' ? backslashes + 1 : 0;
    }
}

/* Calls FN with the path of each prerequisite; false, and PATH, at one that FN refuses. */
static bool
each_prerequisite(const struct cd_sources *sources, const struct cd_values *others,
                  bool (*fn)(void *ctx, struct cd_str path), void *ctx)
{
    for (size_t i = 0; i < sources->n; i++) {
        if (!sources->files[i].builtin && !fn(ctx, sources->files[i].path)) {
            return false;
        }
    }
    for (size_t i = 0; others != NULL && i < others->n; i++) {
        if (!fn(ctx, cd_str_of(others->items[i]))) {
            return false;
        }
    }
    return true;
}

struct rule {
    struct cd_buf text;
    struct cordon_error *err;
    bool has_equals;
};

static bool
check_path(void *ctx, struct cd_str path)
{
    struct rule *r = ctx;
    const char *what = unreadable(path);
    r->has_equals = r->has_equals || has(path, '=');
    if (what != NULL) {
        (void)cordon_fail(r->err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                          "-MD: make cannot read a path with %s: rename %.*s", what, CD_FMT(path));
    }
    return what == NULL;
}

static bool
add_prerequisite(void *ctx, struct cd_str path)
{
    struct rule *r = ctx;
    cd_buf_puts(&r->text, " \\\n  ");
    put_path(&r->text, path, false);
    return true;
}

static bool
add_phony(void *ctx, struct cd_str path)
{
    struct rule *r = ctx;
    cd_buf_putc(&r->text, '\n');
    put_path(&r->text, path, true);
    cd_buf_puts(&r->text, ":\n");
    return true;
}

static bool
check_targets(struct rule *r, const char *const *made, size_t n_made)
{
    for (size_t i = 0; i < n_made; i++) {
        if (!check_path(r, cd_str_of(made[i]))) {
            return false;
        }
    }
    return true;
}

static void
put_targets(struct rule *r, const struct cd_depfile *d, const char *const *made, size_t n_made)
{
    for (size_t i = 0; i < d->targets.n; i++) {
        cd_buf_puts(&r->text, i > 0 ? " " : "");
        cd_buf_puts(&r->text, d->targets.items[i]);
    }
    for (size_t i = 0; d->targets.n == 0 && i < n_made; i++) {
        cd_buf_puts(&r->text, i > 0 ? " " : "");
        put_path(&r->text, cd_str_of(made[i]), true);
    }
    cd_buf_putc(&r->text, ':');
}

int
cd_depfile_check(const struct cd_depfile *d, const struct cd_usage *usage)
{
    return d->path == NULL && d->targets.n != 0 ? cd_usage_error(
               usage, "-MT %s: the target of which rule? -MD FILE", d->targets.items[0])
                                                : CD_EXIT_HOLDS;
}

cordon_status
cd_depfile_write(const struct cd_depfile *d, const char *const *made, size_t n_made,
                 struct cd_frontend *front, const struct cd_values *others,
                 struct cordon_error *err)
{
    struct rule r = {.text = CD_BUF_INIT, .err = err};
    if (d->path == NULL) {
        return CORDON_OK;
    }
    for (size_t i = 0; i < n_made; i++) {
        if (strcmp(d->path, made[i]) == 0 || cd_path_is_same(d->path, made[i])) {
            return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                               "-MD %s: this is what the rule makes; name another file", d->path);
        }
    }
    if (!check_targets(&r, made, d->targets.n == 0 ? n_made : 0)
        || !each_prerequisite(&front->sources, others, check_path, &r)) {
        return CORDON_EUSAGE;
    }
    if (r.has_equals) {
        cd_buf_puts(&r.text, EQUALS " := =\n");
    }
    put_targets(&r, d, made, n_made);
    (void)each_prerequisite(&front->sources, others, add_prerequisite, &r);
    cd_buf_putc(&r.text, '\n');
    (void)each_prerequisite(&front->sources, others, add_phony, &r);
    cordon_status status =
        r.text.oom ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory")
                   : cd_frontend_write(front, "-MD", d->path, cd_buf_view(&r.text), err);
    cd_buf_finish(&r.text);
    return status;
}
