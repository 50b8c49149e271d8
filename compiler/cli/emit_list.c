/* What an emission wrote, on standard output. */
#include "compiler/cli/emit_list.h"

#include <unistd.h>

#include "runtime/driver/exit.h"

static void
put_place(const struct cd_emit_listing *e, struct cd_span span, struct cd_out *out)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(&e->front->sources, span.file, span.start, &line, &column, NULL);
    cd_out_str(out, e->front->sources.files[span.file].path);
    cd_out_printf(out, ":%u:%u: ", line, column);
}

static void
list_stale(const struct cd_emit_listing *e, struct cd_out *out)
{
    static const char *const fates[] = {
        [CD_STALE_REMOVED] = "removed: an earlier emission wrote it, and this one does not",
        [CD_STALE_CHANGED] = "left: an earlier emission wrote it, this one does not, and it has "
                             "been changed since",
        [CD_STALE_OTHER] = "left: an earlier emission of another target wrote it; manifest.json no "
                           "longer speaks of it",
    };
    for (size_t i = 0; i < e->folder->n_stale; i++) {
        cd_out_printf(out, "%s/%.*s: %s\n", e->folder->path, CD_FMT(e->folder->stale[i].file),
                      fates[e->folder->stale[i].fate]);
    }
}

/* What is to be known of a document beside its size. */
static void
put_note(const struct cd_emitted_document *d, struct cd_out *out)
{
    const struct cd_existing *existing = d->scope.existing;
    bool lacks =
        cd_target_info[d->target].allows == CD_ALLOWS_ACCOUNT && cd_document_allow_of(d).sid.n == 0;
    if (existing != NULL) {
        cd_out_printf(out, "; behind %zu that stood there", existing->n);
        if (existing->n_replaced != 0) {
            cd_out_printf(out, ", instead of %zu of an earlier emission", existing->n_replaced);
        }
    } else if (lacks) {
        cd_out_puts(out, "; without an account (--account ID or --key ARN) nothing in it leaves "
                         "the account in control, and KMS refuses it as a whole policy: its "
                         "statements are for a policy that does");
    }
    for (size_t i = 0; i < d->n_statements && d->target == CD_TARGET_KEY_POLICY; i++) {
        if (cd_key_locks_out(&d->statements[i])) {
            cd_out_printf(out, "; %.*s denies everybody kms:PutKeyPolicy, and KMS refuses that",
                          CD_FMT(d->statements[i].sid));
        }
    }
    cd_out_puts(out, "\n");
}

/* Where policies are merged and no resource is named, those whose policies nobody knows. */
static void
list_unknown(const struct cd_emit_listing *e, struct cd_out *out)
{
    for (size_t i = 0; i < e->asked->n_shown && e->asked->n == 0; i++) {
        const struct cd_shown_policy *p = &e->asked->shown[i];
        if (p->unknown.n != 0) {
            cd_out_printf(out, "left out: the snapshot does not show the policy of %.*s: %.*s\n",
                          CD_FMT(cd_scope_title(e->emission->arena, &p->scope)),
                          CD_FMT(p->unknown));
        }
    }
}

/* Several documents of one kind: where each is to hang. */
static void
list_attachments(const struct cd_emit_listing *e, struct cd_out *out)
{
    for (size_t i = 0; i < e->attachments->n; i++) {
        const struct cd_attachment *a = &e->attachments->items[i];
        if (a->n_limit > 1 && e->documents->n > 1) {
            cd_out_printf(out, "attach to %.*s:", CD_FMT(a->to));
            for (size_t k = 0; k < a->n; k++) {
                cd_out_printf(out, " %.*s", CD_FMT(e->documents->items[a->first + k].file));
            }
            cd_out_printf(out, " (%zu of %u with the %u there already)\n", a->n + a->n_existing,
                          a->n_limit, a->n_existing);
        }
    }
}

static bool
has_document(const struct cd_documents *documents, const struct cd_scope *scope)
{
    bool found = false;
    for (size_t i = 0; i < documents->n && !found; i++) {
        found = cd_scope_cmp(&documents->items[i].scope, scope) == 0;
    }
    return found;
}

/* No document at all, or none for what the call names. */
static void
list_without(const struct cd_emit_listing *e, struct cd_out *out)
{
    if (e->documents->n == 0 && e->emission->n == 0) {
        cd_out_printf(out, "no documents: no control has a deny that %.*s can carry\n",
                      CD_FMT(cd_target_info[e->emission->target].noun));
        return;
    }
    for (size_t i = 0; i < e->asked->n; i++) {
        if (!has_document(e->documents, &e->asked->items[i])) {
            cd_out_printf(out, "no document for %.*s: no deny would stand in it\n",
                          CD_FMT(cd_scope_title(&e->front->arena, &e->asked->items[i])));
        }
    }
    if (e->documents->n == 0 && e->asked->n == 0) {
        cd_out_puts(out, "no documents: no deny would stand in any\n");
    }
}

int
cd_emit_list(const struct cd_emit_listing *e)
{
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    for (size_t i = 0; i < e->documents->n; i++) {
        const struct cd_emitted_document *d = &e->documents->items[i];
        cd_out_printf(&out, "%s/%.*s: %zu statement%s, %zu of %u bytes", e->folder->path,
                      CD_FMT(d->file), d->n_statements, d->n_statements == 1 ? "" : "s",
                      cd_document_size(d), d->quota.max_bytes);
        put_note(d, &out);
    }
    list_without(e, &out);
    if (e->wrapped->file.n != 0) {
        cd_out_printf(&out, "%s/%.*s\n", e->folder->path, CD_FMT(e->wrapped->file));
    }
    cd_out_printf(&out, "%s/manifest.json\n", e->folder->path);
    list_attachments(e, &out);
    list_stale(e, &out);
    list_unknown(e, &out);
    for (size_t i = 0; i < e->emission->n_not; i++) {
        put_place(e, e->emission->not_expressible[i].span, &out);
        cd_out_puts(&out, "not expressible: ");
        cd_out_str(&out,
                   cd_not_expressible_text(&e->emission->not_expressible[i], &e->front->arena));
        cd_out_puts(&out, "\n");
    }
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}
