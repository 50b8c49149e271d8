/* What an emission finds in its folder and leaves there. */
#include "compiler/cli/emit_folder.h"

#include <unistd.h>

#include "runtime/ingest/json.h"

#define MANIFEST_LIMIT ((size_t)64 << 20)

static const char *
path_of(const struct cd_emit_folder *f, struct cd_str file)
{
    return cd_arena_printf(f->arena, "%s/%.*s", f->path, CD_FMT(file)).p;
}

static struct cd_str
text_member(struct cd_dom_val v, struct cd_str key)
{
    struct cd_dom_val member;
    bool is_text = cd_dom_member(v, key, &member) && cd_dom_is(member, '"');
    return is_text ? cd_dom_str(member) : CD_STR("");
}

/* Is FILE a name that an emission gives, without a way out of the folder? */
static bool
is_document_name(struct cd_str file)
{
    bool is_ours = false;
    for (int t = 0; t < CD_N_TARGETS && !is_ours; t++) {
        is_ours = cd_str_starts(file, cd_target_info[t].file);
    }
    return is_ours && cd_str_ends(file, CD_STR(".json")) && cd_str_find(file, '/', 0) == file.n
           && cd_str_find(file, '\0', 0) == file.n;
}

static bool
is_among(const struct cd_emit_output *output, struct cd_str file)
{
    bool found = cd_str_eq(output->wrapped->file, file);
    for (size_t i = 0; i < output->documents->n && !found; i++) {
        found = cd_str_eq(output->documents->items[i].file, file);
    }
    return found;
}

static void
note_stale(struct cd_emit_folder *f, struct cd_dom_val document,
           const struct cd_emit_output *output)
{
    struct cd_str file = text_member(document, CD_STR("file")), bytes;
    char hash[17];
    if (!is_document_name(file) || is_among(output, file) || access(path_of(f, file), F_OK) != 0) {
        return;
    }
    enum cd_stale_fate fate = CD_STALE_CHANGED;
    if (!cd_str_eq(text_member(document, CD_STR("target")),
                   cd_str_of(cd_target_name(output->target)))) {
        fate = CD_STALE_OTHER;
    } else if (cd_file_read(path_of(f, file), MANIFEST_LIMIT, f->arena, &bytes, NULL) == CORDON_OK
               && cd_str_eq(cd_document_hash(bytes, hash), text_member(document, CD_STR("hash")))) {
        fate = CD_STALE_REMOVED;
    }
    *CD_PUSH(f->arena, f->stale, f->n_stale, f->cap_stale) =
        (struct cd_stale){cd_arena_str(f->arena, file), fate};
}

static bool
read_manifest(struct cd_emit_folder *f, struct cd_dom *dom, struct cd_str text,
              const struct cd_emit_output *output)
{
    struct cd_dom_val root, list, wrapped, unused;
    if (cd_dom_parse(dom, text, false, &root) != CD_DOM_OK
        || !cd_dom_member(root, CD_STR("cordon"), &unused)
        || !cd_dom_member(root, CD_STR("documents"), &list) || !cd_dom_is(list, '[')) {
        return false;
    }
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it);) {
        note_stale(f, it.val, output);
    }
    if (cd_dom_member(root, CD_STR("wrapped"), &wrapped)) {
        note_stale(f, wrapped, output);
    }
    return true;
}

/* The documents of the manifest that is there, if one is. */
static cordon_status
look_around(struct cd_emit_folder *f, const struct cd_emit_output *output, struct cordon_error *err)
{
    const char *path = path_of(f, CD_STR("manifest.json"));
    struct cd_str text;
    if (access(path, F_OK) != 0) {
        return CORDON_OK;
    }
    CORDON_TRY(cd_file_read(path, MANIFEST_LIMIT, f->arena, &text, err));
    struct cd_dom *dom = cd_dom_new();
    if (dom == NULL) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    bool is_ours = read_manifest(f, dom, text, output);
    cd_dom_free(dom);
    return is_ours ? CORDON_OK
                   : cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                                 "%s was not written by an emission and would be lost: name "
                                 "another folder, or move it away",
                                 path);
}

cordon_status
cd_emit_folder_open(struct cd_emit_folder *f, const struct cd_emit_output *output,
                    struct cordon_error *err)
{
    CORDON_TRY(cd_dir_make(f->path, err));
    return look_around(f, output, err);
}

/* The manifest goes last: where it is, the documents that it names are. */
cordon_status
cd_emit_folder_write(struct cd_emit_folder *f, const struct cd_emit_output *output,
                     struct cordon_error *err)
{
    const struct cd_documents *documents = output->documents;
    struct cd_file_bytes *files = CD_NEW_ARRAY(f->arena, documents->n + 2, struct cd_file_bytes);
    size_t n = 0;
    for (; n < documents->n; n++) {
        files[n] =
            (struct cd_file_bytes){path_of(f, documents->items[n].file), documents->items[n].bytes};
    }
    if (output->wrapped->file.n != 0) {
        files[n++] =
            (struct cd_file_bytes){path_of(f, output->wrapped->file), output->wrapped->bytes};
    }
    files[n++] = (struct cd_file_bytes){path_of(f, CD_STR("manifest.json")), output->manifest};
    CORDON_TRY(cd_files_write(files, n, err));
    for (size_t i = 0; i < f->n_stale; i++) {
        struct cd_stale *s = &f->stale[i];
        if (s->fate == CD_STALE_REMOVED && unlink(path_of(f, s->file)) != 0) {
            s->fate = CD_STALE_CHANGED;
        }
    }
    return CORDON_OK;
}
