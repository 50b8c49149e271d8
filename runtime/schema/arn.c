#include "runtime/schema/arn.h"

/* The next piece of a format from *AT on: a literal, or what stands for a placeholder (empty: it is
 * not there). False at the end. */
static bool
next_piece(struct cd_str format, size_t *at, const struct cd_arn_parts *parts, struct cd_str *piece)
{
    if (*at >= format.n) {
        return false;
    }
    if (format.p[*at] != '$') {
        size_t end = cd_str_find(format, '$', *at);
        *piece = cd_str_sub(format, *at, end);
        *at = end;
        return true;
    }
    size_t end = cd_str_find(format, '}', *at);
    struct cd_str name = cd_str_sub(format, *at + 2, end);
    *piece = cd_str_eq(name, CD_STR("Partition")) ? parts->partition
             : cd_str_eq(name, CD_STR("Region"))  ? parts->region
             : cd_str_eq(name, CD_STR("Account")) ? parts->account
             : cd_str_eq(name, CD_STR("Id"))      ? parts->id
                                                  : CD_STR("");
    *at = end + 1;
    return true;
}

bool
cd_arn_make(struct cd_str format, const struct cd_arn_parts *parts, struct cd_buf *out)
{
    struct cd_str piece;
    for (size_t at = 0; next_piece(format, &at, parts, &piece);) {
        if (piece.n == 0) {
            return false;
        }
        cd_buf_str(out, piece);
    }
    return format.n > 0;
}

bool
cd_arn_is_made(struct cd_str format, const struct cd_arn_parts *parts, struct cd_str arn)
{
    struct cd_str piece;
    size_t n = 0; /* bytes of ARN that fit so far */
    for (size_t at = 0; next_piece(format, &at, parts, &piece);) {
        if (piece.n == 0 || arn.n - n < piece.n || memcmp(arn.p + n, piece.p, piece.n) != 0) {
            return false;
        }
        n += piece.n;
    }
    return format.n > 0 && n == arn.n;
}
