/* Formats of ARNs taken apart, filled in, and compared. */
#include "runtime/schema/arn.h"

bool
cd_arn_segments(struct cd_str s, struct cd_str out[CD_ARN_SEGMENTS])
{
    size_t from = 0;
    for (int i = 0; i < CD_ARN_SEGMENTS - 1; i++) {
        size_t colon = cd_str_find(s, ':', from);
        if (colon >= s.n) {
            return false;
        }
        out[i] = cd_str_sub(s, from, colon);
        from = colon + 1;
    }
    out[CD_ARN_SEGMENTS - 1] = cd_str_sub(s, from, s.n);
    return true;
}

bool
cd_is_account(struct cd_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
    }
    return s.n == 12;
}

/* The part that a placeholder names; CD_OF_ARN_N: none of them. */
static enum cd_of_arn
part_of(struct cd_str name)
{
    static const struct cd_str names[CD_OF_ARN_N] = {
        [CD_OF_ARN_PARTITION] = CD_STR_INIT("Partition"),
        [CD_OF_ARN_REGION] = CD_STR_INIT("Region"),
        [CD_OF_ARN_ACCOUNT] = CD_STR_INIT("Account"),
        [CD_OF_ARN_ID] = CD_STR_INIT("Id"),
    };
    enum cd_of_arn part = CD_OF_ARN_PARTITION;
    while (part < CD_OF_ARN_N && !cd_str_eq(names[part], name)) {
        part++;
    }
    return part;
}

/* Parts end at a colon or with the ARN, so that it can be taken apart again. */
static bool
ends_part(struct cd_str text, size_t at)
{
    return at == text.n || (at < text.n && text.p[at] == ':');
}

struct cd_arn_format
cd_arn_format_of(struct cd_str text)
{
    struct cd_arn_format f = {.n = 0};
    for (size_t at = 0; at < text.n; f.n++) {
        bool is_part = text.p[at] == '$';
        size_t end = cd_str_find(text, is_part ? '}' : '$', at);
        enum cd_of_arn part =
            is_part ? part_of(cd_str_sub(text, at + 2, end)) : CD_OF_ARN_PARTITION;
        size_t next = is_part ? end + 1 : end;
        if (f.n == CD_ARN_PIECES || part == CD_OF_ARN_N || (is_part && !ends_part(text, next))) {
            return (struct cd_arn_format){.n = 0};
        }
        f.pieces[f.n].part = part;
        f.pieces[f.n].literal = is_part ? (struct cd_str){"", 0} : cd_str_sub(text, at, end);
        at = next;
    }
    return f;
}

/* Empty: there is none. */
static inline struct cd_str
piece_of(const struct cd_arn_format *format, unsigned i, const struct cd_arn_parts *parts)
{
    struct cd_str piece = format->pieces[i].literal;
    if (piece.n == 0) {
        piece = parts->part[format->pieces[i].part];
        piece.n = i + 1 < format->n && cd_str_find(piece, ':', 0) < piece.n ? 0 : piece.n;
    }
    return piece;
}

bool
cd_arn_make(const struct cd_arn_format *format, const struct cd_arn_parts *parts,
            struct cd_buf *out)
{
    for (unsigned i = 0; i < format->n; i++) {
        struct cd_str piece = piece_of(format, i, parts);
        if (piece.n == 0) {
            return false;
        }
        cd_buf_str(out, piece);
    }
    return format->n > 0;
}

bool
cd_arn_is_made(const struct cd_arn_format *format, const struct cd_arn_parts *parts,
               struct cd_str arn)
{
    size_t n = 0; /* bytes of ARN that fit so far */
    for (unsigned i = 0; i < format->n; i++) {
        struct cd_str piece = piece_of(format, i, parts);
        if (piece.n == 0 || arn.n - n < piece.n
            || !cd_str_eq_name(piece, (struct cd_str){arn.p + n, piece.n})) {
            return false;
        }
        n += piece.n;
    }
    return format->n > 0 && n == arn.n;
}

bool
cd_arn_take_apart(const struct cd_arn_format *format, struct cd_str arn, struct cd_arn_parts *parts)
{
    size_t at = 0;
    *parts = (struct cd_arn_parts){.part = {{NULL, 0}}};
    for (unsigned i = 0; i < format->n; i++) {
        struct cd_str literal = format->pieces[i].literal;
        if (literal.n > 0) {
            if (!cd_str_starts(cd_str_sub(arn, at, arn.n), literal)) {
                return false;
            }
            at += literal.n;
            continue;
        }
        size_t end = i + 1 < format->n ? cd_str_find(arn, ':', at) : arn.n;
        if (end == at) {
            return false;
        }
        parts->part[format->pieces[i].part] = cd_str_sub(arn, at, end);
        at = end;
    }
    return format->n > 0 && at == arn.n;
}
